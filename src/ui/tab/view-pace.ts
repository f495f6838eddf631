// How often a page wants views, from what drawing one costs it: what pages draw is taken from what
// clients compute with, and a hundred clients cost ten times as much to draw as ten.

/** Shortest and longest time between two views of a page that somebody looks at, ms. */
const SHORTEST_MS = 100;
const LONGEST_MS = 1000;
/** Of the page's thread that drawing may take. */
const SHARE = 0.1;
/** A new wish is told when it differs by so much from the last one: each is a message. */
const NOTABLE = 1.5;

export interface ViewPace {
  /** ms; the last one that was wished for. */
  intervalMs(): number;
  /** A view took the page's thread for so long, ms. True when there is another interval to ask for. */
  tookMs(drawingMs: number): boolean;
}

export function createViewPace(): ViewPace {
  let wishedMs = SHORTEST_MS;
  /** Of the last few views: one that was slow by chance changes little. */
  let typicalMs = 0;
  return {
    intervalMs: () => wishedMs,
    tookMs(drawingMs) {
      typicalMs = typicalMs === 0 ? drawingMs : 0.9 * typicalMs + 0.1 * drawingMs;
      const fittingMs = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, typicalMs / SHARE));
      const ratio = fittingMs / wishedMs;
      if (ratio < NOTABLE && ratio > 1 / NOTABLE) return false;
      wishedMs = Math.round(fittingMs);
      return true;
    },
  };
}
