// A GPU process that is killed leaves a training promise hanging for ever, so a stretch of work that
// shows no sign of life for too long asks for a new worker. The timer lives in the worker: a hidden
// page's timers are throttled to one a minute, a worker's are not.

export interface Watchdog {
  /** Runs `work`; if neither it nor `alive` is heard of for `limitMs`, the alarm is raised. */
  guard<Result>(what: string, limitMs: number, work: () => Promise<Result>): Promise<Result>;
  /** The guarded work makes progress. */
  alive(): void;
}

export function createWatchdog(alarm: (reason: string) => void): Watchdog {
  let restart: (() => void) | null = null;

  return {
    async guard(what, limitMs, work) {
      let timer: ReturnType<typeof setTimeout> | undefined;
      restart = () => {
        clearTimeout(timer);
        timer = setTimeout(
          () => alarm(`${what} showed no progress for ${Math.round(limitMs / 1000)} s.`),
          limitMs,
        );
      };
      restart();
      try {
        return await work();
      } finally {
        clearTimeout(timer);
        restart = null;
      }
    },
    alive: () => restart?.(),
  };
}
