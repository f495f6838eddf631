// What the header says of a run, of a study, and of a run that came after a study.
import { describe, expect, it } from 'vitest';
import type { ServerView, StudyView } from '../../core/protocol/view.ts';
import { defaultStudySetup } from '../../core/experiment/study-setup.ts';
import { sampleView } from '../../testing/samples/sample-view.ts';
import { federationStatus } from '../words.ts';
import { bestAccuracy, bestInSight } from './best-in-sight.ts';

const study: StudyView = {
  studyId: 'study-1',
  setup: defaultStudySetup,
  phase: 'running',
  counts: { complete: 3, pruned: 1, failed: 1, running: 1, waiting: 2 },
  running: [],
  best: { number: 2, params: {}, value: 0.9433, runId: 'run-2', test: null },
  timeLeftMs: null,
  note: null,
  startedAtMs: 0,
  endedAtMs: null,
};
const trialOf = { studyId: 'study-1', number: 5 };

function viewWith(fields: Partial<ServerView>, ofStudy: boolean): ServerView {
  const view = sampleView({ runPhase: 'open', round: 4 });
  return { ...view, run: { ...view.run!, trialOf: ofStudy ? trialOf : null }, ...fields };
}

describe('the best value in the header', () => {
  const shown = (view: ServerView | null) => {
    const { value, of } = bestInSight(view);
    return [value.replaceAll('\u00a0', ' '), of];
  };

  it('is the best round of a run, and none before the first', () => {
    const history = [0.1, 0.9, 0.8].map((validationAccuracy) => ({ validationAccuracy }));
    expect(bestAccuracy(history)).toBe(0.9);
    expect(bestAccuracy([])).toBeNull();
    expect(shown(null)).toEqual(['–', null]);
  });

  it('is the study’s with its trial, not that of the trial at the table', () => {
    expect(shown(viewWith({ study }, true))).toEqual(['94.33 %', 'trial 2']);
    expect(shown(viewWith({ study: { ...study, best: null } }, true))).toEqual(['–', null]);
  });

  it('stays the study’s after its end, until a run of its own is started', () => {
    const finished: StudyView = { ...study, phase: 'finished' };
    expect(shown(viewWith({ study: finished }, true))[1]).toBe('trial 2');
    expect(shown(viewWith({ study: finished, run: null }, true))[1]).toBe('trial 2');
    expect(shown(viewWith({ study: finished }, false))[1]).toBeNull();
  });
});

describe('the state in the header', () => {
  const status = (view: ServerView) => federationStatus('connected', view);

  it('names the trial whose run is at the table', () => {
    expect(status(viewWith({ study }, true))).toBe('Trial 5: Round 4 of 10, clients train');
    expect(status(viewWith({}, false))).toBe('Round 4 of 10, clients train');
  });

  it('is the study’s once it does not run, with the trials that are over', () => {
    const at = (phase: StudyView['phase']) =>
      status(viewWith({ study: { ...study, phase } }, true));
    expect(at('paused')).toBe('Study paused after 5 trials');
    expect(at('finished')).toBe('Study finished after 5 trials');
    expect(status(viewWith({ study: { ...study, phase: 'stopped' }, run: null }, true))).toBe(
      'Study stopped after 5 trials',
    );
    expect(status(viewWith({ study: { ...study, phase: 'finished' } }, false))).toBe(
      'Round 4 of 10, clients train',
    );
  });
});
