import { expect, test } from 'vitest';
import type { TrialView } from '../../../core/protocol/view.ts';
import { sampleTrials } from '../../../testing/samples/sample-study.ts';
import { sortedTrials } from './trial-order.ts';

const NOW_MS = Date.UTC(2026, 0, 15, 10);
const trials: TrialView[] = sampleTrials(25, 8, 3).map((trial) => ({
  ...trial,
  runId: null,
  failReason: null,
}));

const columns = ['value', 'duration', 'rounds', 'param:momentum', 'param:optimizer'] as const;

test.each(columns)('%s: ascending and descending, missing last both times', (column) => {
  const keyOf = (trial: TrialView) =>
    column === 'value'
      ? trial.value
      : column === 'rounds'
        ? trial.intermediateValues.length
        : column === 'duration'
          ? (trial.completedAtMs ?? NOW_MS) - trial.startedAtMs!
          : (trial.params[column.slice(6)] ?? null);
  for (const descending of [false, true]) {
    const keys = sortedTrials(trials, { column, descending }, NOW_MS).map(keyOf);
    const present = keys.filter((key) => key !== null);
    expect(keys.slice(present.length).every((key) => key === null)).toBe(true);
    for (let at = 1; at < present.length; at++) {
      const [before, after] = [present[at - 1]!, present[at]!];
      expect(descending ? before >= after : before <= after).toBe(true);
    }
  }
});

test('equal ones stay in order of number, whichever way', () => {
  const order = { column: 'param:optimizer', descending: true } as const;
  const sorted = sortedTrials(trials, order, NOW_MS);
  for (let at = 1; at < sorted.length; at++) {
    const [before, after] = [sorted[at - 1]!, sorted[at]!];
    if (before.params['optimizer'] === after.params['optimizer']) {
      expect(before.number).toBeLessThan(after.number);
    }
  }
});
