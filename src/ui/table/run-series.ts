// A run's rounds as series: the run itself in the accent colour, its twin (same configuration, other
// encryption) dashed, so that two lines that lie on each other can still be told apart.
import { configFields } from '../../core/experiment/config-fields.ts';
import type { RunConfig } from '../../core/experiment/run-config.ts';
import type { RoundRecord } from '../../core/protocol/view.ts';
import type { Bar } from '../charts/stacked-bars.ts';
import type { Series } from '../charts/series.ts';
import { timedPhases } from './phases.ts';

export const RUN_COLOUR = 'var(--accent)';
const TRAIN_COLOUR = 'var(--seat-1)';
export const TWIN_COLOUR = 'var(--ink)';
const TWIN_DASH = '2 4';

export interface ComparedRun {
  readonly label: string;
  readonly history: readonly RoundRecord[];
}

/** "CKKS, packed" for `ckks`, as the configuration form calls it. */
export function encryptionLabel(encryption: RunConfig['encryption']): string {
  const field = configFields.find(({ name }) => name === 'encryption');
  const choices = field?.kind === 'choice' ? field.choices : [];
  return choices.find(({ value }) => value === encryption)?.label ?? encryption;
}

export function accuracySeries(run: ComparedRun, twin: ComparedRun | null): Series[] {
  return [
    line('run', run.label, RUN_COLOUR, run.history, (round) => round.validationAccuracy),
    ...(twin === null
      ? []
      : [
          line(
            'twin',
            twin.label,
            TWIN_COLOUR,
            twin.history,
            (round) => round.validationAccuracy,
            TWIN_DASH,
          ),
        ]),
  ];
}

/** Validation and training loss of both; training loss is the clients' mean while they trained. */
export function lossSeries(run: ComparedRun, twin: ComparedRun | null): Series[] {
  const validation = (round: RoundRecord) => round.validationLoss;
  const train = (round: RoundRecord) => round.trainLoss;
  const ofTwin =
    twin === null
      ? []
      : [
          line(
            'twin',
            `validation, ${twin.label}`,
            TWIN_COLOUR,
            twin.history,
            validation,
            TWIN_DASH,
          ),
          line(
            'twin-train',
            `training, ${twin.label}`,
            'var(--seat-3)',
            twin.history,
            train,
            TWIN_DASH,
          ),
        ];
  return [
    line('run', `validation, ${run.label}`, RUN_COLOUR, run.history, validation),
    line('run-train', `training, ${run.label}`, TRAIN_COLOUR, run.history, train),
    ...ofTwin,
  ];
}

/** Milliseconds of each phase of a round, in the order of `timedPhases`. */
export function phaseBars(history: readonly RoundRecord[]): Bar[] {
  return history.map(({ round, milliseconds }) => ({
    x: round,
    values: timedPhases.map(({ id }) => milliseconds[id]),
  }));
}

function line(
  id: string,
  label: string,
  colour: string,
  history: readonly RoundRecord[],
  value: (round: RoundRecord) => number | null,
  dash?: string,
): Series {
  const points = history.map((round) => ({ x: round.round, y: value(round) }));
  return { id, label, colour, points, ...(dash === undefined ? {} : { dash }) };
}
