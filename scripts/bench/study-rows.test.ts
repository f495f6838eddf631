// The row's arithmetic over studies made up here: what is printed of a sweep is of one study, the one
// whose wall time is the middle one.
import { expect, it } from 'vitest';
import type { TrialView } from '../../src/core/protocol/view.ts';
import type { StudySetup } from '../../src/core/experiment/study-setup.ts';
import { finishedView } from '../../src/testing/samples/sample-view.ts';
import { sweepRow, type DrivenStudy } from './study-rows.ts';

/** By turn; the middle one is neither the first nor the last, and not the same turn for both. */
const sweeps = {
  none: [
    { wallMs: 50_000, trainMs: 11, best: 0.91 },
    { wallMs: 30_000, trainMs: 22, best: 0.955 },
    { wallMs: 20_000, trainMs: 33, best: 0.93 },
  ],
  median: [
    { wallMs: 15_000, trainMs: 44, best: 0.953 },
    { wallMs: 27_000, trainMs: 55, best: 0.97 },
    { wallMs: 9000, trainMs: 66, best: 0.89 },
  ],
};
type Sweep = (typeof sweeps)['none'][number];

it('tells the middle study, with its own shares and accuracies', async () => {
  const driven: string[] = [];
  const lines = await sweepRow((setup, again = 0) => {
    const name = setup.study.pruner.type as keyof typeof sweeps;
    driven.push(`${name}${again}`);
    return Promise.resolve(studyOf(setup, sweeps[name][again]!));
  });
  expect(driven).toEqual(['none0', 'median0', 'none1', 'median1', 'none2', 'median2']);

  const valuesOf = (start: string) => lines.find(({ what }) => what.startsWith(start))!.values;
  expect(valuesOf('best validation accuracy of')).toEqual({ bestValue: 0.955, testAccuracy: 0.94 });
  expect(valuesOf('wall time of')).toEqual({ wallMilliseconds: 30_000 });
  expect(valuesOf('that sweep: share of training')['milliseconds']).toBe(22);
  const shares = lines.filter(({ what }) => what.startsWith('that sweep: share'));
  expect(shares.reduce((sum, { values }) => sum + values['milliseconds']!, 0)).toBe(30_000);
  expect(valuesOf('wall time with the median')['ratio']).toBe(0.5);
  expect(valuesOf('best validation accuracy lost')['loss']).toBeCloseTo(0.002, 12);
});

/** A study of one trial of one round. */
function studyOf(setup: StudySetup, { wallMs, trainMs, best }: Sweep): DrivenStudy {
  const view = finishedView();
  const record = view.history[1]!; // committed at 1000 ms, after 100 ms
  const { path } = record;
  const upload = path.upload + path.train - trainMs;
  const trial: TrialView = {
    ...{ number: 0, state: 'complete', value: best, params: { units: 70, learningRate: 0.01 } },
    ...{ distributions: {}, intermediateValues: [{ step: 1, value: best }] },
    ...{ userAttrs: {}, systemAttrs: {}, relativeParams: null, runId: 'run', failReason: null },
    ...{ startedAtMs: 500, completedAtMs: 1500 },
  };
  const test = { ...view.run!.test!, accuracy: best - 0.015 };
  return {
    view: {
      ...view,
      trials: [trial],
      study: {
        ...{ studyId: 'study', setup, phase: 'finished', running: [] },
        counts: { waiting: 0, running: 0, complete: 1, pruned: 0, failed: 0 },
        best: { number: 0, params: trial.params, value: best, runId: 'run', test },
        ...{ timeLeftMs: null, note: null, startedAtMs: 400, endedAtMs: 400 + wallMs },
      },
    },
    histories: new Map([[0, [{ ...record, path: { ...path, train: trainMs, upload } }]]]),
  };
}
