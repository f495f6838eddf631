// Every pruner's every decision, replayed through a study, against what Optuna decided.
import { describe, expect, it } from 'vitest';
import { readVector, type RecordedNumber } from '../../../testing/vectors/optuna/load.ts';
import { beginTrial, createStudy, report, shouldPrune, tell, type Study } from '../study.ts';
import type { StudyConfigInput } from '../study-config.ts';
import type { StudyDirection } from '../trial.ts';
import { bracketBudgets, bracketOf } from './hyperband-pruner.ts';

type RecordedEvent =
  | { readonly op: 'ask'; readonly trial: number }
  | {
      readonly op: 'report';
      readonly trial: number;
      readonly step: number;
      readonly value: RecordedNumber;
      readonly prune: boolean;
    }
  | {
      readonly op: 'tell';
      readonly trial: number;
      readonly state: 'COMPLETE' | 'PRUNED';
      readonly value: RecordedNumber | null;
    };

interface PrunerCase {
  readonly pruner: Readonly<Record<string, unknown>> & { readonly type: string };
  readonly study_name: string;
  readonly direction: StudyDirection;
  readonly events: readonly RecordedEvent[];
  readonly completed_rungs: Readonly<Record<string, Readonly<Record<string, RecordedNumber>>>>;
  readonly n_prune_true: number;
  readonly trial_allocation_budgets?: number[];
  readonly max_resource?: number;
  readonly bracket_ids?: number[];
}

const optionNames: Readonly<Record<string, string>> = {
  n_startup_trials: 'numStartupTrials',
  n_warmup_steps: 'numWarmupSteps',
  interval_steps: 'intervalSteps',
  n_min_trials: 'numMinTrials',
  min_resource: 'minResource',
  max_resource: 'maxResource',
  reduction_factor: 'reductionFactor',
  min_early_stopping_rate: 'minEarlyStoppingRate',
  bootstrap_count: 'bootstrapCount',
  min_delta: 'minDelta',
};

const files = ['median', 'percentile', 'threshold', 'patient', 'asha', 'hyperband'];
describe.each(files)('%s pruner', (file) => {
  const { cases } = readVector(`pruner_${file}.json`) as { cases: Record<string, PrunerCase> };

  it.each(Object.entries(cases))('decides as Optuna in %s', (_, recorded) => {
    let study = createStudy({
      name: recorded.study_name,
      direction: recorded.direction,
      searchSpace: {},
      pruner: configOf(recorded.pruner),
    });
    let numPruned = 0;
    for (const [index, event] of recorded.events.entries()) {
      if (event.op === 'ask') {
        const begun = beginTrial(study, index);
        expect(begun.trial.number).toBe(event.trial);
        study = begun.study;
      } else if (event.op === 'report') {
        const decided = shouldPrune(
          report(study, event.trial, Number(event.value), event.step),
          event.trial,
        );
        expect({ index, prune: decided.prune }).toEqual({ index, prune: event.prune });
        if (decided.prune) numPruned++;
        study = decided.study;
      } else if (event.state === 'PRUNED') {
        study = tell(study, event.trial, { state: 'pruned', atMs: index });
      } else {
        study = tell(study, event.trial, { value: Number(event.value), atMs: index });
      }
    }
    expect(numPruned).toBe(recorded.n_prune_true);
    expect(rungsOf(study)).toEqual(recorded.completed_rungs);
    if (recorded.bracket_ids !== undefined) {
      const { minResource, maxResource, reductionFactor } = study.config.pruner as {
        minResource: number;
        maxResource: number | 'auto';
        reductionFactor: number;
      };
      const known = maxResource === 'auto' ? study.prunerMemory.maxResource : maxResource;
      expect(known).toBe(recorded.max_resource);
      const budgets = bracketBudgets(minResource, recorded.max_resource!, reductionFactor);
      expect(budgets).toEqual(recorded.trial_allocation_budgets);
      const brackets = study.trials.map(({ number }) =>
        bracketOf(recorded.study_name, number, budgets),
      );
      expect(brackets).toEqual(recorded.bracket_ids);
    }
  });
});

interface BracketRow {
  readonly study_name: string;
  readonly min_resource: number;
  readonly max_resource: number;
  readonly reduction_factor: number;
  readonly n_brackets: number;
  readonly exact_n_brackets: number;
  readonly trial_allocation_budgets: number[];
  readonly bracket_ids_of_trials_0_to_39: number[];
}

describe('hyperband brackets', () => {
  const { table } = readVector('hyperband_brackets.json') as { table: BracketRow[] };

  it.each(table)('of $study_name, $min_resource to $max_resource by $reduction_factor', (row) => {
    const budgets = bracketBudgets(row.min_resource, row.max_resource, row.reduction_factor);
    expect(budgets.length).toBe(row.exact_n_brackets);
    if (row.exact_n_brackets !== row.n_brackets) return; // Optuna's logarithm fell short
    expect(budgets).toEqual(row.trial_allocation_budgets);
    const brackets = row.bracket_ids_of_trials_0_to_39.map((_, number) =>
      bracketOf(row.study_name, number, budgets),
    );
    expect(brackets).toEqual(row.bracket_ids_of_trials_0_to_39);
  });

  it('are compared with Optuna in most rows', () => {
    const same = table.filter((row) => row.exact_n_brackets === row.n_brackets);
    expect(same.length).toBeGreaterThan(table.length / 2);
  });
});

function configOf(recorded: PrunerCase['pruner']): NonNullable<StudyConfigInput['pruner']> {
  const options: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(recorded)) options[optionNames[name] ?? name] = value;
  if (recorded.type === 'successive_halving') options['type'] = 'halving';
  if (options['wrapped'] === 'median(n_startup_trials=3)') {
    options['wrapped'] = { type: 'median', numStartupTrials: 3 };
  }
  return options as NonNullable<StudyConfigInput['pruner']>; // the schema has the last word
}

function rungsOf(study: Study): Record<string, unknown> {
  const withRungs = study.trials.filter(({ systemAttrs }) => Object.keys(systemAttrs).length > 0);
  return Object.fromEntries(withRungs.map(({ number, systemAttrs }) => [number, systemAttrs]));
}
