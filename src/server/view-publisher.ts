// Sends dashboards what changed of the view. The view is structurally shared, so "changed" is
// reference inequality of a slice. Every watcher has an interval of its own: the first change goes
// out at once, later ones wait for the rest of the interval. A page that shows little, or that nobody
// looks at, asks for fewer views: reading and drawing them would cost the clients their processor.
import type { ServerToDashboard } from '../core/protocol/dashboard-messages.ts';
import type { ServerView } from '../core/protocol/view.ts';

export interface ViewPublisher {
  /** From now on `send` gets views, all slices first. */
  watch(id: string, intervalMs: number, send: (message: ServerToDashboard) => void): void;
  /** A watcher's interval from now on; unknown watchers are ignored. */
  setInterval(id: string, intervalMs: number): void;
  unwatch(id: string): void;
  /** The state may have changed. */
  changed(): void;
}

interface Watcher {
  readonly send: (message: ServerToDashboard) => void;
  intervalMs: number;
  sent: ServerView;
  sentAtMs: number;
  timer: ReturnType<typeof setTimeout> | null;
}

export function createViewPublisher(currentView: () => ServerView): ViewPublisher {
  const watchers = new Map<string, Watcher>();

  function publish(watcher: Watcher): void {
    watcher.timer = null;
    const view = currentView();
    const changes = changesOf(watcher.sent, view);
    if (changes === null) return;
    watcher.sent = view;
    watcher.sentAtMs = performance.now();
    watcher.send({ type: 'view', ...changes });
  }

  function schedule(watcher: Watcher): void {
    const waitMs = watcher.sentAtMs + watcher.intervalMs - performance.now();
    watcher.timer ??= setTimeout(() => publish(watcher), Math.max(0, waitMs));
  }

  function unschedule(watcher: Watcher): void {
    if (watcher.timer !== null) clearTimeout(watcher.timer);
    watcher.timer = null;
  }

  return {
    watch(id, intervalMs, send) {
      const view = currentView();
      watchers.set(id, { send, intervalMs, sent: view, sentAtMs: performance.now(), timer: null });
      send({ type: 'view', slices: view });
    },
    setInterval(id, intervalMs) {
      const watcher = watchers.get(id);
      if (watcher === undefined) return;
      watcher.intervalMs = intervalMs;
      unschedule(watcher);
      schedule(watcher);
    },
    unwatch(id) {
      const watcher = watchers.get(id);
      if (watcher !== undefined) unschedule(watcher);
      watchers.delete(id);
    },
    changed() {
      for (const watcher of watchers.values()) schedule(watcher);
    },
  };
}

type Changes = Omit<Extract<ServerToDashboard, { type: 'view' }>, 'type'>;

/**
 * The slices of `view` that are not those already sent; null where all are. Of trials of the same study
 * only the changed ones: two hundred with their reports are too much to send ten times a second.
 */
function changesOf(sent: ServerView, view: ServerView): Changes | null {
  const isSameStudy =
    sent.study?.studyId === view.study?.studyId && sent.trials.length <= view.trials.length;
  const slices = Object.entries(view).filter(
    ([slice, value]) =>
      sent[slice as keyof ServerView] !== value && !(slice === 'trials' && isSameStudy),
  );
  const changedTrials = isSameStudy
    ? view.trials.filter((trial, number) => trial !== sent.trials[number])
    : [];
  if (slices.length === 0 && changedTrials.length === 0) return null;
  return {
    slices: Object.fromEntries(slices),
    ...(changedTrials.length === 0 ? {} : { changedTrials }),
  };
}
