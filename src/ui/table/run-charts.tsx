// The charts of one run: accuracy and loss per round beside its twin, time per phase per round, and
// what each client did in the last one.
import { memo, useMemo } from 'react';
import type { ClientView, RoundRecord, RunArchive, RunView } from '../../core/protocol/view.ts';
import { formatCount, formatDuration, formatNumber, formatPercent } from '../format.ts';
import { digitsOf } from '../charts/domain.ts';
import { LineChart } from '../charts/line-chart.tsx';
import type { LineAxis } from '../charts/line-geometry.ts';
import { PhaseTimeline } from './phase-timeline.tsx';
import { timedPhases } from './phases.ts';
import {
  accuracySeries,
  encryptionLabel,
  lossSeries,
  phaseBars,
  type ComparedRun,
} from './run-series.ts';
import { StackedBarChart } from '../charts/stacked-bar-chart.tsx';

const HOW_TO_START = 'Add clients and press Start.';

const accuracyAxis: LineAxis = {
  label: 'validation accuracy',
  format: formatPercent,
  formatTick: (share, step) => formatPercent(share, digitsOf(step * 100)),
  bounds: [0, 1],
};
const lossAxis: LineAxis = {
  label: 'cross-entropy, nats',
  format: (loss) => formatNumber(loss, 4),
  formatTick: (loss, step) => loss.toFixed(digitsOf(step)),
};
/** The untrained model is so far off that the rounds after it would all look alike. */
const TRAINED_ROUNDS = { from: 1, label: 'From round 1' };
const roundAxis = { label: 'round', format: formatCount };
const timeAxis = { label: 'time, slowest client', format: formatDuration };

export interface RunChartsProps {
  readonly history: readonly RoundRecord[];
  readonly twin: RunArchive | null;
  readonly run: RunView | null;
  readonly clients: readonly ClientView[];
}

export const RunCharts = memo(function RunCharts({ history, twin, run, clients }: RunChartsProps) {
  const lastRound = history[history.length - 1] ?? null;
  const rounds = run?.config.rounds ?? 1;
  const encryption = run?.config.encryption ?? 'ckks';
  const shownRun = useMemo<ComparedRun>(
    () => ({ label: encryptionLabel(encryption), history }),
    [encryption, history],
  );
  const shownTwin = useMemo<ComparedRun | null>(
    () =>
      twin === null
        ? null
        : { label: encryptionLabel(twin.summary.config.encryption), history: twin.history },
    [twin],
  );
  const accuracy = useMemo(() => accuracySeries(shownRun, shownTwin), [shownRun, shownTwin]);
  const loss = useMemo(() => lossSeries(shownRun, shownTwin), [shownRun, shownTwin]);
  const bars = useMemo(() => phaseBars(history), [history]);
  const xAxis = useMemo<LineAxis>(
    () => ({ ...roundAxis, whole: true, atLeast: [0, rounds] }),
    [rounds],
  );
  const xAtLeast = useMemo(() => [0, rounds] as const, [rounds]);
  const numImages = formatCount(lastRound?.numValidationExamples ?? null);

  return (
    <div className="chart-grid-of-charts">
      <LineChart
        title="Validation accuracy per round"
        {...(lastRound === null
          ? {}
          : {
              caption: `Share of ${numImages} validation images that the global model gets right.`,
            })}
        series={accuracy}
        x={xAxis}
        y={accuracyAxis}
        focus={TRAINED_ROUNDS}
        empty={`The global model's accuracy after every round appears here. ${HOW_TO_START}`}
      />
      <LineChart
        title="Loss per round"
        caption="Mean cross-entropy: of the global model on validation images, of the clients while training."
        series={loss}
        x={xAxis}
        y={lossAxis}
        focus={TRAINED_ROUNDS}
        offersLog
        empty={`Training and validation loss appear here after every round. ${HOW_TO_START}`}
      />
      <StackedBarChart
        title="Time per phase and round"
        caption="Each phase as its slowest client needed it, the sum as the server did. Press a phase to leave it out."
        layers={timedPhases}
        bars={bars}
        x={roundAxis}
        y={timeAxis}
        xAtLeast={xAtLeast}
        empty={`How long training, encryption and the rest take appears here after every round. ${HOW_TO_START}`}
      />
      <PhaseTimeline clients={clients} lastRound={lastRound} />
    </div>
  );
});
