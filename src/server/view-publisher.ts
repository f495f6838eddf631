// Sends dashboards what changed of the view. The view is structurally shared, so "changed" is
// reference inequality of a slice. At most ten pictures a second: the first change goes out at once,
// later ones wait for the rest of the interval.
import type { ServerToDashboard } from '../core/protocol/dashboard-messages.ts';
import type { ServerView } from '../core/protocol/view.ts';

const INTERVAL_MS = 100;

export interface ViewPublisher {
  /** From now on `send` gets views, all slices first. */
  watch(id: string, send: (message: ServerToDashboard) => void): void;
  unwatch(id: string): void;
  /** The state may have changed. */
  changed(): void;
}

export function createViewPublisher(currentView: () => ServerView): ViewPublisher {
  const watchers = new Map<
    string,
    { send: (message: ServerToDashboard) => void; sent: ServerView }
  >();
  let timer: ReturnType<typeof setTimeout> | null = null;
  let lastSentMs = -Infinity;

  function publish(): void {
    timer = null;
    lastSentMs = performance.now();
    const view = currentView();
    for (const watcher of watchers.values()) {
      const changes = changesOf(watcher.sent, view);
      if (changes === null) continue;
      watcher.sent = view;
      watcher.send({ type: 'view', ...changes });
    }
  }

  function changed(): void {
    if (timer !== null || watchers.size === 0) return;
    timer = setTimeout(publish, Math.max(0, lastSentMs + INTERVAL_MS - performance.now()));
  }

  return {
    watch(id, send) {
      const view = currentView();
      watchers.set(id, { send, sent: view });
      send({ type: 'view', slices: view });
    },
    unwatch: (id) => void watchers.delete(id),
    changed,
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
