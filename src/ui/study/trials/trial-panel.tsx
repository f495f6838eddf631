// The details of one trial, beside the plots: what it tried, what came out, and what can be done with
// it. Its rounds are fetched from the archive when the reader asks for them.
import { noteSentence } from '../../../words.ts';
import { useCallback, useRef, type RefCallback } from 'react';
import type { StudyView, TrialView } from '../../../core/protocol/view.ts';
import type { Distribution } from '../../../core/tuning/distribution.ts';
import { trialRunConfig } from '../../../core/experiment/sweep.ts';
import { useActions } from '../../actions.ts';
import { useDashboard } from '../../dashboard-store.ts';
import { formatDuration } from '../../format.ts';
import { replaceTexts, showView, viewAddress } from '../../page-state.ts';
import { textsOf } from '../../url-state.ts';
import { rangeWords } from '../range-words.ts';
import { openTrial } from '../study-page-state.ts';
import { isStudyOver } from '../study-words.ts';
import { durationMs, formatParam, paramLabel, stateColour, valueFormat } from '../trial-look.ts';
import { TrialRun } from './trial-run.tsx';
import { useNow } from '../use-now.ts';

export function TrialPanel(props: {
  readonly trial: TrialView;
  readonly study: StudyView;
  readonly onAdapt: (trial: TrialView) => void;
}) {
  const { trial, study } = props;
  const { number } = trial;
  const panel = usePanelFocus(number);
  const format = valueFormat(study.setup.study.metricName);
  const nowMs = useNow(trial.state === 'running');
  return (
    <section className="panel study-panel" aria-labelledby="trial-title" ref={panel}>
      <div className="study-panel-head">
        <h2 id="trial-title" tabIndex={-1}>
          Trial {number}
        </h2>
        <span>
          <span className="swatch" style={{ background: stateColour(trial.state) }} />
          {trial.state}
        </span>
        <button
          type="button"
          className="button button-quiet"
          aria-label="Close the details"
          onClick={() => openTrial(null)}
        >
          ×
        </button>
      </div>
      {trial.failReason === null ? null : (
        <p className="note note-error small">It failed: {noteSentence(trial.failReason)}</p>
      )}
      <dl className="study-facts">
        <Fact name={study.setup.study.metricName} value={format(trial.value)} />
        <Fact name="Rounds reported" value={String(trial.intermediateValues.length)} />
        <Fact name="Duration" value={formatDuration(durationMs(trial, nowMs))} />
        <Fact
          name="Started"
          value={
            trial.startedAtMs === null ? '–' : new Date(trial.startedAtMs).toLocaleString('en-GB')
          }
        />
      </dl>
      <h3>Parameters</h3>
      {Object.keys(trial.params).length === 0 ? (
        <p className="small soft">
          {trial.state === 'waiting' ? waitingWords(trial) : 'It has none.'}
        </p>
      ) : (
        <dl className="study-facts">
          {Object.entries(trial.params).map(([name, value]) => (
            <Fact
              key={name}
              name={paramLabel(name)}
              value={formatParam(value)}
              {...hintOf(trial.distributions[name])}
            />
          ))}
        </dl>
      )}
      <TrialRun trial={trial} study={study} />
      <Deeds trial={trial} study={study} onAdapt={props.onAdapt} />
    </section>
  );
}

/** The panel's title gets the focus for each trial; Escape closes it and gives the focus back. */
function usePanelFocus(number: number): RefCallback<HTMLElement> {
  const shown = useRef<number | null>(null);
  const before = useRef<Element | null>(null);
  return useCallback(
    (panel: HTMLElement | null) => {
      if (panel === null) return;
      if (shown.current !== number) {
        if (!panel.contains(document.activeElement)) before.current = document.activeElement;
        panel.querySelector('h2')?.focus({ preventScroll: true });
        shown.current = number;
      }
      const onKeyDown = (event: KeyboardEvent) => {
        if (event.key !== 'Escape') return;
        openTrial(null);
        if (before.current instanceof HTMLElement) before.current.focus({ preventScroll: true });
      };
      panel.addEventListener('keydown', onKeyDown);
      return () => panel.removeEventListener('keydown', onKeyDown);
    },
    [number],
  );
}

function Deeds(props: {
  readonly trial: TrialView;
  readonly study: StudyView;
  readonly onAdapt: (trial: TrialView) => void;
}) {
  const { trial, study } = props;
  const actions = useActions();
  const isFree = useDashboard(({ view }) => view?.study == null || isStudyOver(view.study.phase));
  const config = trialRunConfig(study.setup.base, trial.params);
  const hasParams = Object.keys(trial.params).length > 0;
  return (
    <div className="button-row">
      {trial.state === 'running' ? (
        <button
          type="button"
          className="button"
          title="It counts as failed; the study goes on with the next one."
          onClick={() => void actions.stopTrial(trial.number)}
        >
          Stop this trial
        </button>
      ) : null}
      {trial.state === 'waiting' ? (
        <button
          type="button"
          className="button"
          title="It counts as failed and never starts."
          onClick={() => void actions.stopTrial(trial.number)}
        >
          Withdraw this trial
        </button>
      ) : null}
      {hasParams ? (
        <button
          type="button"
          className="button"
          title="A new trial, starting from these parameters"
          onClick={() => props.onAdapt(trial)}
        >
          Try a variation
        </button>
      ) : null}
      {hasParams && isFree && config !== null ? (
        <a
          className="button"
          href={viewAddress('table')}
          title="Puts these parameters into the Table view, for a run of its own"
          onClick={(event) => {
            event.preventDefault();
            replaceTexts(textsOf(config));
            showView('table');
          }}
        >
          Run it again
        </a>
      ) : null}
    </div>
  );
}

function Fact(props: { readonly name: string; readonly value: string; readonly hint?: string }) {
  return (
    <div>
      <dt>{props.name}</dt>
      <dd>
        {props.value}
        {props.hint === undefined ? null : (
          <span className="small soft study-hint">{props.hint}</span>
        )}
      </dd>
    </div>
  );
}

function hintOf(distribution: Distribution | undefined): { hint?: string } {
  return distribution === undefined ? {} : { hint: rangeWords(distribution) };
}

function waitingWords(trial: TrialView): string {
  const fixed = (trial.systemAttrs['fixed_params'] ?? {}) as Record<string, string | number>;
  const parts = Object.entries(fixed).map(
    ([name, value]) => `${paramLabel(name)} ${formatParam(value)}`,
  );
  return parts.length === 0
    ? 'The sampler chooses them when it starts.'
    : `It waits with ${parts.join(', ')}; the sampler chooses the others when it starts.`;
}
