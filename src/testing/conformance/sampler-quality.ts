// Does a sampler optimise as well as Optuna's? 100 seeds of each on five functions, against the best
// values that Optuna itself reached (baseline.json): a two-sided Mann–Whitney test per cell fails at
// p < 0.001, and TPE must beat random search where Optuna's does. Fixed seeds: the outcome is the same
// on every run.
import { describe, expect, it } from 'vitest';
import { erfc } from '../../core/math/error-function.ts';
import {
  categoricalDistribution,
  floatDistribution,
  intDistribution,
  type SearchSpace,
} from '../../core/tuning/distribution.ts';
import { ask, createStudy, tell } from '../../core/tuning/study.ts';
import type { StudyConfigInput } from '../../core/tuning/study-config.ts';
import type { StudyDirection } from '../../core/tuning/trial.ts';
import { readVector } from '../vectors/optuna/load.ts';

interface Baseline {
  readonly functions: Readonly<
    Record<
      string,
      {
        readonly direction: StudyDirection;
        readonly samplers: Readonly<
          Record<string, Readonly<Record<string, { readonly per_seed: number[] }>>>
        >;
      }
    >
  >;
}

type Params = Readonly<Record<string, number | string>>;
interface TestFunction {
  readonly space: SearchSpace;
  readonly value: (params: Params) => number;
  /** A known point and value, to check the formula itself. */
  readonly known: readonly [Params, number];
}

const NUM_SEEDS = 100;
const CHECKPOINTS = [30, 60, 100] as const;

const functions: Readonly<Record<string, TestFunction>> = {
  surface_units_lr: {
    space: {
      units: intDistribution(64, 256),
      learning_rate: floatDistribution(1e-5, 0.1, { log: true }),
    },
    value({ units, learning_rate }) {
      const x = Math.log10(learning_rate as number);
      const z = x + 2.6 + 0.3 * Math.log2((units as number) / 128);
      const width = 1 - 0.15 * Math.log2((units as number) / 160) ** 2;
      const edge = 1 / (1 + Math.exp(-8 * (x + 1.3)));
      return 0.5 + 0.45 * Math.exp((-z * z) / 0.72) * width - 0.25 * edge;
    },
    known: [{ units: 128, learning_rate: 10 ** -2.6 }, 0.943],
  },
  branin: {
    space: { x1: floatDistribution(-5, 10), x2: floatDistribution(0, 15) },
    value({ x1, x2 }) {
      const [a, b] = [x1 as number, x2 as number];
      const valley = b - (5.1 / (4 * Math.PI ** 2)) * a * a + (5 / Math.PI) * a - 6;
      return valley ** 2 + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(a) + 10;
    },
    known: [{ x1: Math.PI, x2: 2.275 }, 0.397887],
  },
  rosenbrock2d: {
    space: { x: floatDistribution(-2, 2), y: floatDistribution(-1, 3) },
    value: ({ x, y }) => (1 - (x as number)) ** 2 + 100 * ((y as number) - (x as number) ** 2) ** 2,
    known: [{ x: 1, y: 1 }, 0],
  },
  hartmann6: {
    space: Object.fromEntries(
      Array.from({ length: 6 }, (_, i) => [`x${i}`, floatDistribution(0, 1)]),
    ),
    value: hartmann6,
    known: [
      { x0: 0.20169, x1: 0.150011, x2: 0.476874, x3: 0.275332, x4: 0.311652, x5: 0.6573 },
      -3.32237,
    ],
  },
  mixed_int_cat: {
    space: {
      layers: intDistribution(1, 8),
      units: intDistribution(8, 1024, { log: true }),
      optimizer: categoricalDistribution(['sgd', 'adam', 'rmsprop', 'adagrad']),
      activation: categoricalDistribution(['relu', 'tanh', 'sigmoid']),
      dropout: floatDistribution(0, 0.5, { step: 0.05 }),
    },
    value({ layers, units, optimizer, activation, dropout }) {
      const bonus: Params = { sgd: 0.4, adam: 0, rmsprop: 0.15, adagrad: 0.6 };
      const act: Params = { relu: 0, tanh: 0.25, sigmoid: 0.5 };
      return (
        0.08 * ((layers as number) - 3) ** 2 +
        0.5 * Math.log2((units as number) / 96) ** 2 +
        (bonus[optimizer!] as number) +
        (act[activation!] as number) +
        4 * ((dropout as number) - 0.2) ** 2 +
        (optimizer === 'sgd' && (layers as number) > 4 ? 0.3 : 0)
      );
    },
    known: [{ layers: 3, units: 96, optimizer: 'adam', activation: 'relu', dropout: 0.2 }, 0],
  },
};

const samplers: readonly (readonly [string, NonNullable<StudyConfigInput['sampler']>])[] = [
  ['random', { type: 'random' }],
  ['tpe_4.9.0_default', { type: 'tpe', constantLiar: false }],
  ['tpe_5.0dev_default', { type: 'tpe', joint: true }],
];

const baseline = readVector('baseline.json') as Baseline;

/**
 * The suite over the functions with so many parameters: a file each, so that they are searched on
 * several cores.
 */
export function describeQuality(isMeant: (numParameters: number) => boolean): void {
  const meant = Object.entries(functions).filter(([, { space }]) =>
    isMeant(Object.keys(space).length),
  );
  describe.each(meant)('on %s', (name, testFunction) => {
    const { direction, samplers: recorded } = baseline.functions[name]!;
    const bestOf = new Map<string, number[][]>();

    it('the function is the one that Optuna was run on', () => {
      const [params, value] = testFunction.known;
      expect(testFunction.value(params)).toBeCloseTo(value, 3);
    });

    it.each(samplers)('%s is as good as Optuna', { timeout: 120_000 }, (samplerName, sampler) => {
      const best = Array.from({ length: NUM_SEEDS }, (_, seed) =>
        bestAtCheckpoints(testFunction, direction, sampler, seed),
      );
      bestOf.set(samplerName, best);
      CHECKPOINTS.forEach((numTrials, i) => {
        const ours = best.map((values) => values[i]!);
        const theirs = recorded[samplerName]![numTrials]!.per_seed;
        expect(theirs.length).toBe(NUM_SEEDS);
        const { p } = mannWhitney(ours, theirs);
        expect({ numTrials, p, ours: median(ours), theirs: median(theirs) }).toSatisfy(
          (cell: { p: number }) => cell.p >= 0.001,
        );
      });
    });

    it.skipIf(name === 'rosenbrock2d')('TPE beats random search at 100 trials', () => {
      const finals = (sampler: string): number[] =>
        bestOf.get(sampler)!.map((each) => each.at(-1)!);
      for (const tpe of ['tpe_4.9.0_default', 'tpe_5.0dev_default']) {
        const { p, shareLess } = mannWhitney(finals(tpe), finals('random'));
        expect(p).toBeLessThan(0.01);
        if (direction === 'minimize') expect(shareLess).toBeGreaterThan(0.5);
        else expect(shareLess).toBeLessThan(0.5);
      }
    });
  });
}

function bestAtCheckpoints(
  { space, value }: TestFunction,
  direction: StudyDirection,
  sampler: NonNullable<StudyConfigInput['sampler']>,
  seed: number,
): number[] {
  let study = createStudy({
    name: 'quality',
    direction,
    searchSpace: space,
    sampler,
    pruner: { type: 'none' },
    numTrials: 100,
    seed,
  });
  const best: number[] = [];
  let bestSoFar = direction === 'minimize' ? Infinity : -Infinity;
  const better = direction === 'minimize' ? Math.min : Math.max;
  for (let number = 0; number < 100; number++) {
    const asked = ask(study, number);
    const result = value(asked.trial.params as Params);
    bestSoFar = better(bestSoFar, result);
    study = tell(asked.study, number, { value: result, atMs: number });
    if (CHECKPOINTS.some((checkpoint) => checkpoint === number + 1)) best.push(bestSoFar);
  }
  return best;
}

/**
 * Two-sided p by the normal approximation with tie and continuity corrections, and the share of pairs
 * in which a is less than b (ties count half).
 */
export function mannWhitney(
  a: readonly number[],
  b: readonly number[],
): { readonly p: number; readonly shareLess: number } {
  let u = 0;
  for (const x of a) for (const y of b) u += x < y ? 1 : x === y ? 0.5 : 0;
  const n = a.length + b.length;
  const counts = new Map<number, number>();
  for (const x of [...a, ...b]) counts.set(x, (counts.get(x) ?? 0) + 1);
  let ties = 0;
  for (const count of counts.values()) ties += count ** 3 - count;
  const pairs = a.length * b.length;
  const stdDev = Math.sqrt((pairs / 12) * (n + 1 - ties / (n * (n - 1))));
  const z = (Math.abs(u - pairs / 2) - 0.5) / stdDev;
  return { p: Math.min(1, erfc(z / Math.SQRT2)), shareLess: u / pairs };
}

function median(values: readonly number[]): number {
  return values.toSorted((x, y) => x - y)[values.length >> 1]!;
}

function hartmann6(params: Params): number {
  // Dixon & Szegö 1978, "The global optimization problem".
  const alpha = [1, 1.2, 3, 3.2];
  const a = [
    [10, 3, 17, 3.5, 1.7, 8],
    [0.05, 10, 17, 0.1, 8, 14],
    [3, 3.5, 1.7, 10, 17, 8],
    [17, 8, 0.05, 10, 0.1, 14],
  ];
  const p = [
    [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886],
    [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
    [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.665],
    [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
  ];
  return -alpha.reduce((sum, weight, i) => {
    const exponent = a[i]!.reduce(
      (total, each, j) => total + each * ((params[`x${j}`] as number) - p[i]![j]!) ** 2,
      0,
    );
    return sum + weight * Math.exp(-exponent);
  }, 0);
}
