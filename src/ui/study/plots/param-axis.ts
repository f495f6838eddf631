// A parameter as an axis: numbers as they are (logarithmic where they were drawn so), choices as their
// places 0, 1, … in the order of the distribution, whatever order the trials met them in.
import type { Distribution, ParamValue } from '../../../core/tuning/distribution.ts';
import type { Trial } from '../../../core/tuning/trial.ts';
import { linearTicks, logTicks, niceDomain } from '../../charts/domain.ts';
import type { LineAxis } from '../../charts/line-geometry.ts';
import type { AxisScale } from '../../charts/path.ts';
import type { Domain } from '../../charts/series.ts';
import { formatParam, paramLabel } from '../trial-look.ts';

export interface ParamAxis extends LineAxis {
  readonly name: string;
  readonly scale: AxisScale;
  readonly domain: Domain;
  /** Ticks for about so many px. */
  readonly ticks: (lengthPx: number) => readonly number[];
  /** Where a trial lies on the axis; null where it does not have the parameter. */
  readonly place: (trial: Trial) => number | null;
  /** The choices in their order, null for a number. */
  readonly choices: readonly ParamValue[] | null;
}

/** px between ticks. */
const TICK_DISTANCE = 64;

/** Names of all parameters, those of the search space first. */
export function paramNames(
  trials: readonly Trial[],
  searchSpace: Readonly<Record<string, Distribution>>,
): readonly string[] {
  const names = new Set(Object.keys(searchSpace));
  for (const { params } of trials) for (const name of Object.keys(params)) names.add(name);
  return [...names];
}

/** The axis of parameter `name`; null if no trial has it. */
export function paramAxis(
  name: string,
  trials: readonly Trial[],
  searchSpace: Readonly<Record<string, Distribution>>,
): ParamAxis | null {
  const drawn = trials.filter(({ params }) => Object.hasOwn(params, name));
  const distributions = new Set(
    drawn.flatMap(({ distributions: all }) => {
      const own = all[name];
      return own === undefined ? [] : [own];
    }),
  );
  const first = searchSpace[name] ?? [...distributions][0];
  if (first === undefined || drawn.length === 0) return null;
  return first.kind === 'categorical'
    ? choiceAxis(name, [first, ...distributions], drawn)
    : numberAxis(name, first, drawn);
}

function numberAxis(
  name: string,
  distribution: Exclude<Distribution, { kind: 'categorical' }>,
  trials: readonly Trial[],
): ParamAxis {
  const numberOf = ({ params }: Trial): number | null => {
    const value = params[name];
    return typeof value === 'number' && Number.isFinite(value) ? value : null;
  };
  const isLog =
    distribution.log && trials.every((trial) => (numberOf(trial) ?? distribution.low) > 0);
  const scale = isLog ? 'log' : 'linear';
  let { low, high } = distribution;
  for (const trial of trials) {
    const value = numberOf(trial); // an enqueued value may lie outside
    if (value !== null) [low, high] = [Math.min(low, value), Math.max(high, value)];
  }
  const domain: Domain = low < high ? [low, high] : widened(low, isLog);
  return {
    name,
    label: paramLabel(name),
    format: formatParam,
    scale,
    domain,
    whole: distribution.kind === 'int',
    choices: null,
    place: numberOf,
    ticks: (lengthPx) => {
      const count = Math.max(2, Math.floor(lengthPx / TICK_DISTANCE));
      return isLog ? logTicks(domain, count) : linearTicks(domain, count);
    },
  };
}

function choiceAxis(
  name: string,
  distributions: readonly Distribution[],
  trials: readonly Trial[],
): ParamAxis {
  const choices: ParamValue[] = [];
  const add = (choice: ParamValue) => {
    if (!choices.some((known) => Object.is(known, choice))) choices.push(choice);
  };
  for (const distribution of distributions) {
    if (distribution.kind === 'categorical') distribution.choices.forEach(add);
  }
  for (const { params } of trials) add(params[name]!);
  const placeOf = (value: ParamValue | undefined) =>
    value === undefined ? -1 : choices.findIndex((choice) => Object.is(choice, value));
  return {
    name,
    label: paramLabel(name),
    format: (place) => {
      const choice = choices[place];
      return choice === undefined ? '' : formatParam(choice);
    },
    scale: 'linear',
    domain: [-0.5, choices.length - 0.5],
    whole: true,
    choices,
    place: ({ params }) => {
      const place = placeOf(params[name]);
      return place < 0 ? null : place;
    },
    ticks: () => choices.map((_, place) => place),
  };
}

function widened(value: number, isLog: boolean): Domain {
  return isLog ? [value / 2, value * 2] : niceDomain([value, value]);
}
