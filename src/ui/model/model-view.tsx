// The Model view: the global model of a run, opened in this tab's inspector; to draw at, to see
// where it errs, to take away. The server only hands out sealed weights.
import { useMemo, useState } from 'react';
import { useActions } from '../actions.ts';
import { useDashboard } from '../dashboard-store.ts';
import { formatCount, formatPercent, seatColour } from '../format.ts';
import { federationSecret } from '../tab/federation-secret.ts';
import { AccuracyDots } from './accuracy-dots.tsx';
import { ConfusionMatrix } from './confusion-matrix.tsx';
import { accuracyPerDigit } from './confusion.ts';
import { inspector } from './inspector-client.ts';
import { MistakesPanel } from './mistakes-panel.tsx';
import { ModelDownload } from './model-download.tsx';
import { listSources, type ListedSource } from './model-sources.ts';
import { createSketch } from './sketch.ts';
import { TryPanel } from './try-panel.tsx';
import { useInspection } from './use-inspection.ts';
import { useLoadedModel, type LoadedModel } from './use-loaded-model.ts';
import './model-view.css';

export function ModelView() {
  const client = inspector();
  const { getModel } = useActions();
  const view = useDashboard((state) => state.view);
  const sources = useMemo(() => listSources(view), [view]);
  const [chosenRunId, setChosenRunId] = useState(runInAddress);
  const source = sources.find(({ runId }) => runId === chosenRunId) ?? sources[0] ?? null;
  const { model, retry } = useLoadedModel(client, getModel, federationSecret, source);
  const modelKey = model.phase === 'ready' ? `${model.runId}/${model.round}` : null;
  const [sketch] = useState(createSketch);
  const [sketchVersion, setSketchVersion] = useState(0);
  const onSketchChange = () => setSketchVersion((version) => version + 1);
  const runId = source?.runId ?? null;
  const { inspection, inspect } = useInspection(client, runId, modelKey, source?.isOver ?? false);

  const run = view?.run ?? null;
  const isCurrentRun = run !== null && run.runId === runId;
  const test = isCurrentRun ? run.test : null;
  const confusion = test?.confusion ?? inspection.result?.confusion ?? null;
  const confusionCaption =
    test !== null
      ? `The run’s own test: ${formatCount(test.numExamples)} images, ${formatPercent(test.accuracy)} right`
      : inspection.result !== null
        ? `Counted in this tab: ${formatCount(inspection.result.numExamples)} test images, ${formatPercent(inspection.result.numCorrect / inspection.result.numExamples)} right, model of round ${inspection.result.round}`
        : '';
  const confusionEmpty =
    source === null
      ? 'Appears when a run has ended with its test. Start one in the Table view.'
      : 'Appears when the run ends with its test, or when you go through the test images below.';
  const clients = (isCurrentRun ? (view?.clients ?? []) : [])
    .filter(({ seat }) => seat !== null)
    .sort((a, b) => a.seat! - b.seat!);

  const take = (
    <ModelDownload
      client={client}
      numParameters={model.phase === 'ready' ? model.numParameters : null}
    />
  );
  const isRightLonger = clients.length > 10;

  return (
    <div className="model-view">
      <div className="model-bar">
        <label htmlFor="model-run">Model of</label>
        <select
          id="model-run"
          className="text-input"
          value={runId ?? ''}
          disabled={sources.length === 0}
          onChange={(event) => {
            setChosenRunId(event.target.value);
            putRunInAddress(event.target.value);
          }}
        >
          {sources.length === 0 ? <option value="">no run yet</option> : null}
          {sources.map(({ runId: id, label }) => (
            <option key={id} value={id}>
              {label}
            </option>
          ))}
        </select>
        <ModelStatus model={model} source={source} hasRun={run !== null} onRetry={retry} />
      </div>
      <div className="model-columns">
        <div className="model-column">
          <TryPanel
            client={client}
            sketch={sketch}
            sketchVersion={sketchVersion}
            onSketchChange={onSketchChange}
            modelKey={modelKey}
          />
          <section className="panel">
            <AccuracyDots
              title="Accuracy per digit"
              caption="Share of each digit’s test images that is recognised"
              noun="digit"
              rows={Array.from({ length: 10 }, (_, digit) => ({
                label: String(digit),
                accuracy: confusion === null ? null : accuracyPerDigit(confusion)[digit]!,
                colour: 'var(--accent)',
              }))}
              emptyText={confusionEmpty}
            />
          </section>
          {isRightLonger ? take : null}
        </div>
        <div className="model-column">
          <section className="panel">
            <ConfusionMatrix
              confusion={confusion}
              caption={confusionCaption}
              emptyText={confusionEmpty}
            />
          </section>
          <section className="panel">
            <AccuracyDots
              title="Accuracy per client"
              caption="The same model, each client on its own slice of the validation images"
              noun="client"
              rows={clients.map(({ name, lastAccuracy, seat }) => ({
                label: name,
                accuracy: lastAccuracy,
                colour: seatColour(seat),
              }))}
              emptyText="Appears when the clients of a running federation have evaluated their slices."
            />
          </section>
          {isRightLonger ? null : take}
        </div>
      </div>
      <MistakesPanel
        inspection={inspection}
        canInspect={modelKey !== null}
        round={model.phase === 'ready' ? model.round : null}
        onInspect={inspect}
        onChoose={(pixels) => {
          sketch.show(pixels);
          onSketchChange();
          document.getElementById('try-title')?.scrollIntoView({ block: 'start' });
        }}
      />
    </div>
  );
}

/** The run that the URL asks for, null for the newest. */
function runInAddress(): string | null {
  return new URLSearchParams(location.search).get('run');
}

function putRunInAddress(runId: string): void {
  const parameters = new URLSearchParams(location.search);
  parameters.set('run', runId);
  history.replaceState(null, '', `?${parameters.toString()}${location.hash}`);
}

interface ModelStatusProps {
  readonly model: LoadedModel;
  readonly source: ListedSource | null;
  readonly hasRun: boolean;
  readonly onRetry: () => void;
}

/** Which model it is, or why there is none, in a sentence. */
function ModelStatus({ model, source, hasRun, onRetry }: ModelStatusProps) {
  switch (model.phase) {
    case 'none':
      return (
        <p className="soft">
          {hasRun
            ? 'The run has not committed anything yet; its untrained model comes first.'
            : 'No model yet. Start a run in the Table view; its model can be tried from the first round on.'}
        </p>
      );
    case 'loading':
      return <p className="soft">Opening the sealed weights …</p>;
    case 'ready':
      return (
        <output className="soft">
          {model.round === 0
            ? 'Round 0: the untrained model, it guesses.'
            : `After round ${model.round} of ${model.config.rounds}${source?.isOver ? '' : '; follows every commit'}. Opened in this tab: the server has it sealed only.`}
        </output>
      );
    case 'failed':
      return (
        <div className="note note-error model-failed" role="alert">
          <p>The model could not be opened. {model.text}</p>
          <button type="button" className="button" onClick={onRetry}>
            Try again
          </button>
        </div>
      );
    default:
      return model satisfies never;
  }
}
