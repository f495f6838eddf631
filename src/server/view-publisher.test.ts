// What a dashboard is sent, and what not: of a study's trials only those that changed.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ServerToDashboard } from '../core/protocol/dashboard-messages.ts';
import {
  withTrials,
  type ServerView,
  type StudyView,
  type TrialView,
} from '../core/protocol/view.ts';
import { defaultStudySetup } from '../core/experiment/study-setup.ts';
import { sampleView } from '../testing/samples/sample-view.ts';
import { createViewPublisher } from './view-publisher.ts';

const INTERVAL_MS = 100;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function trial(number: number, state: TrialView['state']): TrialView {
  return {
    number,
    state,
    value: null,
    params: {},
    distributions: {},
    intermediateValues: [],
    userAttrs: {},
    systemAttrs: {},
    startedAtMs: 0,
    completedAtMs: null,
    relativeParams: null,
    runId: null,
    failReason: null,
  };
}

function studyView(studyId: string): StudyView {
  return {
    studyId,
    setup: defaultStudySetup,
    phase: 'running',
    counts: { waiting: 0, running: 1, complete: 1, pruned: 0, failed: 0 },
    running: [],
    best: null,
    timeLeftMs: null,
    note: null,
    startedAtMs: 0,
    endedAtMs: null,
  };
}

/** A publisher of a view that can be changed, what was sent, and what a page makes of it. */
function setUp(first: ServerView) {
  let view = first;
  const sent: Extract<ServerToDashboard, { type: 'view' }>[] = [];
  let page = {} as ServerView;
  const publisher = createViewPublisher(() => view);
  publisher.watch('page', INTERVAL_MS, (message) => {
    if (message.type !== 'view') return;
    sent.push(message);
    page = { ...page, ...message.slices };
    page = { ...page, trials: withTrials(page.trials, message.changedTrials ?? []) };
  });
  return {
    sent,
    publisher,
    page: () => page,
    change(changes: Partial<ServerView>) {
      view = { ...view, ...changes };
      publisher.changed();
      vi.advanceTimersByTime(INTERVAL_MS);
      return sent.at(-1)!;
    },
  };
}

describe('the view publisher', () => {
  const first = trial(0, 'complete');
  const start = { ...sampleView(), study: studyView('a'), trials: [first, trial(1, 'running')] };

  it('sends everything first, then changed slices', () => {
    const { sent, change } = setUp(start);
    expect(sent[0]!.slices).toEqual(start);
    expect(change({ archive: [] })).toEqual({ type: 'view', slices: { archive: [] } });
  });

  it('sends only the trials that changed, and new ones', () => {
    const { page, change } = setUp(start);
    const trials = [first, trial(1, 'pruned'), trial(2, 'running')];
    const message = change({ trials });
    expect(message.slices).toEqual({});
    expect(message.changedTrials).toEqual(trials.slice(1));
    expect(page().trials).toEqual(trials);
    expect(page().trials[0]).toBe(first);
  });

  it('sends all trials of another study', () => {
    const { page, change } = setUp(start);
    const trials = [trial(0, 'running')];
    expect(change({ study: studyView('b'), trials }).slices.trials).toEqual(trials);
    expect(page().trials).toEqual(trials);
  });

  it('is silent when nothing changed', () => {
    const { sent, change } = setUp(start);
    change({});
    expect(sent).toHaveLength(1);
  });

  it('keeps to each watcher’s interval, and sends what waited when the interval shrinks', () => {
    const { sent, publisher, change } = setUp(start);
    publisher.setInterval('page', 10 * INTERVAL_MS);
    change({ archive: [] });
    vi.advanceTimersByTime(8 * INTERVAL_MS);
    expect(sent).toHaveLength(1);
    publisher.setInterval('page', INTERVAL_MS);
    vi.advanceTimersByTime(0);
    expect(sent.at(-1)).toEqual({ type: 'view', slices: { archive: [] } });
  });

  it('sends nothing to a page that is gone', () => {
    const { sent, publisher, change } = setUp(start);
    publisher.changed();
    publisher.unwatch('page');
    change({ archive: [] });
    expect(sent).toHaveLength(1);
  });
});
