// A study's trials as lines and marks: reports per round, values per trial, the best so far.
import type { StudyDirection, Trial } from '../../../core/tuning/trial.ts';
import { isPresent, type Point, type Series } from '../../charts/series.ts';
import type { Mark, MarkShape } from './scatter-geometry.ts';
import { stateColour, trialId } from '../trial-look.ts';

export const BEST_COLOUR = 'var(--ink)';
/** More trials than this are drawn faint or thin, so that the best and the running ones stand out. */
export const MAX_STRONG = 40;

/** Keeps the line of a trial that has not changed, so that it is not drawn again. */
export type SeriesCache = WeakMap<Trial, Series>;

/** One line a trial with reports; the best one last but for the running ones, which lie on top. */
export function reportSeries(
  trials: readonly Trial[],
  best: Trial | null,
  cache: SeriesCache,
): readonly Series[] {
  const isFaint = trials.length > MAX_STRONG;
  const depth = (trial: Trial): number => (trial.state === 'running' ? 2 : trial === best ? 1 : 0);
  return trials
    .filter(({ intermediateValues }) => intermediateValues.length > 0)
    .sort((a, b) => depth(a) - depth(b) || a.number - b.number)
    .map((trial) => {
      if (trial === best) return { ...lineOf(trial), colour: BEST_COLOUR };
      const faint = isFaint && trial.state !== 'running';
      const known = cache.get(trial);
      if (known !== undefined && (known.faint ?? false) === faint) return known;
      const series = faint ? { ...lineOf(trial), faint } : lineOf(trial);
      cache.set(trial, series);
      return series;
    });
}

/** Every round between the reports has a place: one that is not there is a gap. */
function lineOf(trial: Trial): Series {
  const points: Point[] = [];
  let expected: number | null = null;
  for (const { step, value } of trial.intermediateValues) {
    if (expected !== null && step > expected) points.push({ x: expected, y: null });
    points.push({ x: step, y: isPresent(value) ? value : null });
    expected = step + 1;
  }
  return {
    id: trialId(trial.number),
    label: `Trial ${trial.number}`,
    colour: stateColour(trial.state),
    points,
    ...(trial.state === 'pruned' && { end: 'cross' }),
    ...(trial.state === 'failed' && { end: 'cross', dash: '4 3' }),
    ...(trial.state === 'running' && { end: 'ring' }),
  };
}

function shapeOf(trial: Trial): MarkShape {
  if (trial.state === 'pruned' || trial.state === 'failed') return 'cross';
  return trial.state === 'running' || trial.state === 'waiting' ? 'ring' : 'dot';
}

/** A mark a trial that has both an x and a value; `x` says where it lies. */
export function valueMarks(
  trials: readonly Trial[],
  x: (trial: Trial) => number | null,
  y: (trial: Trial) => number | null = shownValue,
  colour: (trial: Trial) => string = ({ state }) => stateColour(state),
): readonly Mark[] {
  return trials.flatMap((trial) => {
    const at = x(trial);
    const value = y(trial);
    if (!isPresent(at) || !isPresent(value)) return [];
    const id = trialId(trial.number);
    return [{ id, x: at, y: value, colour: colour(trial), shape: shapeOf(trial) }];
  });
}

/** A trial's value; of a running one what it reported last; null where there is none that is finite. */
export function shownValue(trial: Trial): number | null {
  const value =
    trial.state === 'running' ? (trial.intermediateValues.at(-1)?.value ?? null) : trial.value;
  return isPresent(value) ? value : null;
}

/**
 * The best value of the complete trials up to each trial, as a step line from the first complete one
 * to the last trial of all.
 */
export function bestSoFar(trials: readonly Trial[], direction: StudyDirection): readonly Point[] {
  const sign = direction === 'minimize' ? 1 : -1;
  const points: Point[] = [];
  let best: number | null = null;
  for (const { number, state, value } of trials) {
    if (state !== 'complete' || !isPresent(value)) continue;
    if (best !== null && sign * value >= sign * best) continue;
    best = value;
    points.push({ x: number, y: best });
  }
  const last = trials.at(-1)?.number;
  if (best !== null && last !== undefined && last > points.at(-1)!.x) {
    points.push({ x: last, y: best });
  }
  return points;
}

/** Share of the complete trials whose value is at most that of each, ascending: (value, share). */
export function empiricalDistribution(
  trials: readonly Trial[],
): readonly { readonly trial: Trial; readonly value: number; readonly share: number }[] {
  const sorted = trials
    .filter(({ state, value }) => state === 'complete' && isPresent(value))
    .sort((a, b) => a.value! - b.value!);
  const n = sorted.length;
  return sorted.map((trial, index) => {
    // Equal values share the height of the last of them.
    let last = index;
    while (last + 1 < n && sorted[last + 1]!.value === trial.value) last++;
    return { trial, value: trial.value!, share: (last + 1) / n };
  });
}

/**
 * Ranks of the trials with a finite value, 0 for the best and 1 for the worst, ties by their mean rank;
 * a lone trial is 0.
 */
export function rankShares(
  trials: readonly Trial[],
  direction: StudyDirection,
): ReadonlyMap<Trial, number> {
  const sign = direction === 'minimize' ? 1 : -1;
  const sorted = trials
    .filter((trial) => trial.state === 'complete' && isPresent(trial.value))
    .sort((a, b) => sign * (a.value! - b.value!));
  const shares = new Map<Trial, number>();
  for (let first = 0; first < sorted.length;) {
    let last = first;
    while (last + 1 < sorted.length && sorted[last + 1]!.value === sorted[first]!.value) last++;
    const rank = (first + last) / 2;
    for (let at = first; at <= last; at++) {
      shares.set(sorted[at]!, sorted.length === 1 ? 0 : rank / (sorted.length - 1));
    }
    first = last + 1;
  }
  return shares;
}
