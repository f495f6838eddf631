// The runs whose models can be looked at: the one at the table, its twin, those beside it, and earlier ones.
import { isOverPhase } from '../../core/protocol/view.ts';
import type { RunConfig } from '../../core/experiment/run-config.ts';
import type { ServerView } from '../../core/protocol/view.ts';
import type { ModelSource } from './use-loaded-model.ts';

export interface ListedSource extends ModelSource {
  readonly label: string;
  /** Nothing trains on it any more. */
  readonly isOver: boolean;
}

const encryptionWords: Readonly<Record<RunConfig['encryption'], string>> = {
  ckks: 'CKKS',
  bgv: 'BGV',
  notebook: 'notebook’s CKKS',
  plaintext: 'plaintext',
};

/** Runs that have committed anything: the current one, those beside it, then earlier ones, newest first. */
export function listSources(view: ServerView | null): ListedSource[] {
  if (view === null) return [];
  const sources: ListedSource[] = [];
  const last = view.history.at(-1);
  if (view.run !== null && last !== undefined) {
    const { runId, config, phase } = view.run;
    sources.push({
      runId,
      config,
      committedRound: last.round,
      label: `At the table: ${describe(config)}`,
      isOver: isOverPhase(phase),
    });
  }
  for (const { runId, config, round, trialOf } of view.beside) {
    if (round === 0) continue;
    const label = `Trial ${trialOf?.number}, going on: ${describe(config)}`;
    sources.push({ runId, config, committedRound: round - 1, label, isOver: false });
  }
  const earlier = view.twin === null ? view.archive : [view.twin.summary, ...view.archive];
  for (const { runId, config, startedAtMs } of earlier) {
    if (sources.some((source) => source.runId === runId)) continue;
    const label = `${timeFormat.format(startedAtMs)}: ${describe(config)}`;
    sources.push({ runId, config, committedRound: null, label, isOver: true });
  }
  return sources;
}

const timeFormat = new Intl.DateTimeFormat('en', {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});

function describe({ encryption, clients, rounds, units, hiddenLayers }: RunConfig): string {
  const layers = hiddenLayers === 1 ? `${units} units` : `${hiddenLayers} × ${units} units`;
  return `${encryptionWords[encryption]}, ${clients} clients, ${rounds} rounds, ${layers}`;
}
