import { expect, test } from 'vitest';
import type { ServerView, StudyView } from '../../core/protocol/view.ts';
import { defaultStudySetup } from '../../core/experiment/study-setup.ts';
import { sampleView } from '../../testing/samples/sample-view.ts';
import { decideStudy, shareOfTrials } from './study-words.ts';

const study: StudyView = {
  studyId: 'study-1',
  setup: defaultStudySetup,
  phase: 'running',
  counts: { complete: 3, pruned: 1, failed: 1, running: 1, waiting: 0 },
  running: [{ number: 5, runId: 'run-5', round: 6 }],
  best: null,
  timeLeftMs: null,
  note: null,
  startedAtMs: 0,
  endedAtMs: null,
};

function viewWith(fields: Partial<ServerView>): ServerView {
  return { ...sampleView({ runPhase: null }), ...fields };
}

test('progress counts trials that are over and the committed rounds of those that run', () => {
  expect(shareOfTrials(study)).toBeCloseTo((5 + 5 / 10) / 10, 12);
  expect(shareOfTrials({ ...study, phase: 'finished' })).toBe(1);
});

test('the main button follows the study', () => {
  const does = (view: ServerView | null) => decideStudy(view, {}, {}).does;
  expect(does(null)).toBe('nothing');
  expect(does(viewWith({}))).toBe('start');
  expect(does(viewWith({ study }))).toBe('pause');
  expect(does(viewWith({ study: { ...study, phase: 'paused' } }))).toBe('continue');
  expect(does(viewWith({ study: { ...study, phase: 'testing' } }))).toBe('nothing');
  expect(does(viewWith({ study: { ...study, phase: 'finished' } }))).toBe('start');
});

test('a study waits for a run of its own accord only when the run is over', () => {
  const { run } = sampleView({ runPhase: 'open' });
  expect(decideStudy(viewWith({ run }), {}, {}).does).toBe('nothing');
});

test('with nobody at the table the study brings its clients, for all trials side by side', () => {
  const decision = decideStudy(viewWith({ clients: [] }), { parallel: '2' }, { clients: '3' });
  expect(decision).toMatchObject({ does: 'start', addFirst: 6 });
});

test('beside a study that is over the button says that it starts a new one', () => {
  const label = (fields: Partial<ServerView>) => decideStudy(viewWith(fields), {}, {}).label;
  const over: StudyView = { ...study, phase: 'stopped' };
  expect(label({ clients: [] })).toBe('Add 5 clients here and start');
  expect(label({ clients: [], study: over })).toBe('Start a new study with 5 clients here');
  expect(label({ study: over })).toBe('Start a new study');
});
