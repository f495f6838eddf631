// Every pruner passes the conformance suite. Their decisions are checked against Optuna's in
// pruner-vectors.test.ts.
import { describe, expect, it } from 'vitest';
import { describePruner } from '../../../testing/conformance/pruner-conformance.ts';
import type { PrunerConfig } from '../study-config.ts';
import { bracketBudgets, bracketOf } from './hyperband-pruner.ts';

type Suite = Parameters<typeof describePruner>;

const suites: Readonly<Record<PrunerConfig['type'], readonly Suite[]>> = {
  none: [['none', { type: 'none' }, { prunesNoise: false, prunesNaN: false }]],
  median: [['median', { type: 'median' }, { prunesNoise: true, prunesNaN: true }]],
  percentile: [
    [
      'percentile',
      {
        type: 'percentile',
        percentile: 25,
        numStartupTrials: 3,
        numWarmupSteps: 2,
        intervalSteps: 3,
      },
      { prunesNoise: true, prunesNaN: true },
    ],
  ],
  threshold: [
    [
      'threshold',
      { type: 'threshold', lower: 0.29, numWarmupSteps: 3 },
      { prunesNoise: true, prunesNaN: true, ignoresDirection: true },
    ],
  ],
  patient: [
    ['patient', { type: 'patient', patience: 2 }, { prunesNoise: true, prunesNaN: false }],
    [
      'patient, then median',
      { type: 'patient', patience: 1, wrapped: { type: 'median' } },
      { prunesNoise: true, prunesNaN: false },
    ],
  ],
  halving: [
    [
      'halving',
      { type: 'halving', minResource: 1, reductionFactor: 2 },
      { prunesNoise: true, prunesNaN: true, countsFailed: true },
    ],
    ['halving, auto', { type: 'halving' }, { prunesNoise: true, prunesNaN: true }],
  ],
  hyperband: [
    [
      'hyperband',
      { type: 'hyperband', maxResource: 12 },
      { prunesNoise: true, prunesNaN: true, countsFailed: true },
    ],
    ['hyperband, auto', { type: 'hyperband' }, { prunesNoise: true, prunesNaN: true }],
  ],
};
for (const suite of Object.values(suites).flat()) describePruner(...suite);

describe('hyperband', () => {
  it('spreads trials over the brackets as its budgets say', () => {
    const budgets = bracketBudgets(1, 27, 3);
    expect(budgets).toEqual([27, 12, 6, 4]); // as recorded from Optuna
    const counts = [0, 0, 0, 0];
    const numTrials = 4900;
    for (let number = 0; number < numTrials; number++) counts[bracketOf('s', number, budgets)]!++;
    counts.forEach((count, bracket) => {
      const share = budgets[bracket]! / 49;
      const stdDev = Math.sqrt(numTrials * share * (1 - share));
      expect(Math.abs(count - numTrials * share)).toBeLessThan(4 * stdDev);
    });
  });
});
