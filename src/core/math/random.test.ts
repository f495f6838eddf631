// The generator against its published numbers, and the draws against what they must look like.
import { describe, expect, it } from 'vitest';
import { createRandom, nextUint32 } from './random.ts';

const NUM_DRAWS = 20_000;

function moments(draw: () => number) {
  const values = Float64Array.from({ length: NUM_DRAWS }, draw);
  const mean = values.reduce((sum, value) => sum + value, 0) / NUM_DRAWS;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / NUM_DRAWS;
  return { mean, variance };
}

describe('xoshiro128**', () => {
  // First outputs from the state 1, 2, 3, 4 of the authors' C program.
  it('gives the published numbers', () => {
    const state = Uint32Array.of(1, 2, 3, 4);
    const outputs = Array.from({ length: 10 }, () => nextUint32(state));
    expect(outputs).toEqual([
      11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597,
      4258142804,
    ]);
  });
});

describe('a stream', () => {
  it('is the same for the same key and another for another', () => {
    const draws = (...key: (string | number)[]) => {
      const random = createRandom(...key);
      return Array.from({ length: 4 }, () => random.uint32());
    };
    expect(draws(1, 'dither', 2)).toEqual(draws(1, 'dither', 2));
    expect(draws(1, 'dither', 2)).not.toEqual(draws(1, 'dither', 3));
    expect(draws('a', 'b')).not.toEqual(draws('ab'));
  });

  it('draws below a bound without favour, also where 2^32 is no multiple of it', () => {
    const random = createRandom('below');
    const bound = 3 * 2 ** 30; // one value in four is drawn again
    const thirds = [0, 0, 0];
    for (let i = 0; i < NUM_DRAWS; i++) thirds[Math.floor(random.below(bound) / 2 ** 30)]!++;
    for (const count of thirds) expect(count / NUM_DRAWS).toBeCloseTo(1 / 3, 1);
    for (const bad of [0, 1.5, 2 ** 32 + 1]) expect(() => random.below(bad)).toThrow(RangeError);
  });

  it('draws uniform, normal and gamma variates with their moments', () => {
    const random = createRandom('moments');
    const uniform = moments(() => random.uniform());
    expect(uniform.mean).toBeCloseTo(1 / 2, 1);
    expect(uniform.variance).toBeCloseTo(1 / 12, 2);
    const normal = moments(() => random.normal());
    expect(Math.abs(normal.mean)).toBeLessThan(0.05);
    expect(normal.variance).toBeCloseTo(1, 1);
    for (const shape of [0.5, 3]) {
      const gamma = moments(() => random.gamma(shape));
      expect(gamma.mean / shape).toBeCloseTo(1, 1);
      expect(gamma.variance / shape).toBeCloseTo(1, 0);
    }
  });

  it('permutes: everything once, and every place takes every value', () => {
    const random = createRandom('permutation');
    const seen = Array.from({ length: 4 }, () => new Set<number>());
    for (let turn = 0; turn < 100; turn++) {
      const order = random.permutation(4);
      expect([...order].sort((a, b) => a - b)).toEqual([0, 1, 2, 3]);
      order.forEach((value, place) => seen[place]!.add(value));
    }
    for (const values of seen) expect(values.size).toBe(4);
  });
});
