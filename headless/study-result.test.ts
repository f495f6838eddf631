import { describe, expect, it } from 'vitest';
import type { ServerView, TrialView } from '../src/core/protocol/view.ts';
import { intDistribution } from '../src/core/tuning/distribution.ts';
import { defaultStudySetup } from '../src/core/experiment/study-setup.ts';
import type { StudyConfig } from '../src/core/tuning/study-config.ts';
import { hasTrialsLeft } from './drive-study.ts';
import { finishedView } from '../src/testing/samples/sample-view.ts';
import { createStudyProgress, studyLine, trialLine } from './study-progress.ts';
import { shapeStudyResult } from './study-result.ts';

function exampleTrial(number: number, changes: Partial<TrialView> = {}): TrialView {
  return {
    number,
    state: 'complete',
    value: 0.9 + number / 100,
    params: { units: 64 + number },
    distributions: { units: intDistribution(64, 256) },
    intermediateValues: [
      { step: 1, value: 0.5 },
      { step: 2, value: 0.9 + number / 100 },
    ],
    userAttrs: {},
    systemAttrs: {},
    startedAtMs: 1_700_000_000_000,
    completedAtMs: 1_700_000_004_200,
    relativeParams: null,
    runId: `study-${number}`,
    failReason: null,
    ...changes,
  };
}

const trials = [
  exampleTrial(0),
  exampleTrial(1),
  exampleTrial(2, { state: 'pruned', value: 0.5, intermediateValues: [{ step: 1, value: 0.5 }] }),
  exampleTrial(3, {
    state: 'failed',
    value: null,
    intermediateValues: [],
    failReason: 'No clients.',
    userAttrs: { failReason: 'No clients.' },
  }),
  exampleTrial(4, { state: 'running', value: null, completedAtMs: null }),
];

function studyView(changes: Partial<NonNullable<ServerView['study']>> = {}): ServerView {
  return {
    ...finishedView({ phase: 'open', round: 3 }),
    trials,
    study: {
      studyId: 'study',
      setup: defaultStudySetup,
      phase: 'running',
      counts: { waiting: 0, running: 1, complete: 2, pruned: 1, failed: 1 },
      running: [{ number: 4, runId: 'study-4', round: 6 }],
      best: { number: 1, params: { units: 65 }, value: 0.91, runId: 'study-1', test: null },
      timeLeftMs: 23_000,
      note: null,
      startedAtMs: 0,
      endedAtMs: null,
      ...changes,
    },
  };
}

describe('the JSON of a study', () => {
  it('holds what is finished and the best trial so far', () => {
    const result = shapeStudyResult(studyView(), 1234.4);
    expect(result.trials.map(({ number, state }) => `${number} ${state}`)).toEqual([
      '0 complete',
      '1 complete',
      '2 pruned',
      '3 failed',
    ]);
    expect(result.trials[3]).toEqual({
      number: 3,
      state: 'failed',
      params: { units: 67 },
      value: null,
      intermediateValues: [],
      startedAt: '2023-11-14T22:13:20.000000Z',
      completedAt: '2023-11-14T22:13:24.200000Z',
      failReason: 'No clients.',
    });
    expect(result).toMatchObject({
      version: 1,
      config: defaultStudySetup,
      best: { number: 1, params: { units: 65 }, value: 0.91, testAccuracy: null },
      importance: { units: 1 },
      wallMilliseconds: 1234,
    });
    expect(JSON.parse(JSON.stringify(result))).toEqual(result);
  });

  it('has no best and no importance before a trial is complete', () => {
    const view = { ...studyView({ best: null }), trials: [] };
    expect(shapeStudyResult(view, 1)).toMatchObject({ best: null, importance: {}, trials: [] });
  });

  it('is not to be had without a study', () => {
    expect(() => shapeStudyResult(finishedView(), 1)).toThrow('there is no study');
  });
});

describe('the progress of a study', () => {
  it('says how each trial ended', () => {
    expect(trials.slice(0, 4).map(trialLine)).toEqual([
      'trial 0 complete 90.00 % · units 64 · 4.2 s',
      'trial 1 complete 91.00 % · units 65 · 4.2 s',
      'trial 2 pruned 50.00 % · units 66 · after round 1 · 4.2 s',
      'trial 3 failed · units 67 · No clients. · 4.2 s',
    ]);
  });

  it('counts trials and the rounds of the running one', () => {
    // (4 trials + 5 of 10 rounds) of 10 trials = 45 %.
    expect(studyLine(studyView())).toBe(
      '[###########-------------]  45 % · trial 4, round 6 of 10 · best 91.00 % · 23 s left',
    );
  });

  it('prints each line once', () => {
    let text = '';
    const progress = createStudyProgress({ write: (part: string) => (text += part) });
    progress.show(studyView());
    progress.show(studyView());
    progress.end();
    expect(text.split('\n')).toEqual([...trials.slice(0, 4).map(trialLine), '']);
  });
});

it('a resumed study has trials left by its own number of trials, or by the one that was given', () => {
  const over = trials.slice(0, 4);
  const study: StudyConfig = { ...defaultStudySetup.study, numTrials: 4 };
  const view = { ...studyView({ setup: { ...defaultStudySetup, study } }), trials: over };
  expect(hasTrialsLeft(view, null)).toBe(false);
  expect(hasTrialsLeft(view, 4)).toBe(false);
  expect(hasTrialsLeft(view, 5)).toBe(true);
  const waiting = exampleTrial(4, { state: 'waiting', value: null, completedAtMs: null });
  expect(hasTrialsLeft({ ...view, trials: [...over, waiting] }, null)).toBe(true);
});
