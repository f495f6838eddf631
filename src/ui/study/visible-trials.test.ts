import { expect, test } from 'vitest';
import { sampleTrials } from '../../testing/samples/sample-study.ts';
import { countStates, rankByValue, showAll, visibleTrials } from './visible-trials.ts';

const trials = sampleTrials(40, 10, 4);

test('without a filter every trial is shown, the very same list', () => {
  expect(visibleTrials(trials, showAll, 'maximize')).toBe(trials);
});

test('hidden states are gone and no others', () => {
  const shown = visibleTrials(
    trials,
    { hiddenStates: new Set(['pruned', 'failed']), topShare: 1 },
    'maximize',
  );
  const { complete, running } = countStates(trials);
  expect(shown).toHaveLength(complete + running);
  expect(countStates(shown)).toMatchObject({ pruned: 0, failed: 0, complete, running });
});

test('the best quarter: none that is left out is better than one that is in; the running one stays', () => {
  const filter = { hiddenStates: new Set<never>(), topShare: 0.25 };
  const shown = visibleTrials(trials, filter, 'maximize');
  const withValue = trials.filter(({ value }) => value !== null);
  const ranked = shown.filter(({ value }) => value !== null);
  expect(ranked).toHaveLength(Math.ceil(withValue.length / 4));
  const worstIn = Math.min(...ranked.map(({ value }) => value!));
  const out = withValue.filter((trial) => !shown.includes(trial));
  expect(Math.max(...out.map(({ value }) => value!))).toBeLessThanOrEqual(worstIn);
  expect(shown.some(({ state }) => state === 'running')).toBe(true);
});

test('ranking leaves out what has no finite value and follows the direction', () => {
  const some = [
    { ...trials[0]!, number: 0, value: 0.5 },
    { ...trials[0]!, number: 1, value: NaN },
    { ...trials[0]!, number: 2, value: 0.9 },
    { ...trials[0]!, number: 3, value: null },
    { ...trials[0]!, number: 4, value: 0.5 },
  ];
  expect(rankByValue(some, 'maximize').map(({ number }) => number)).toEqual([2, 0, 4]);
  expect(rankByValue(some, 'minimize').map(({ number }) => number)).toEqual([0, 4, 2]);
});
