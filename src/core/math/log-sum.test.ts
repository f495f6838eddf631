// Oracle: the plain formula where it neither over- nor underflows, and identities where it does.
import { describe, expect, it } from 'vitest';
import { log1mExp, logAddExp, logSumExp } from './log-sum.ts';

describe('sums of logarithms', () => {
  it('agree with the plain formula in the middle', () => {
    for (const [a, b] of [
      [0.3, -1.2],
      [-5, -5],
      [2, 9],
    ] as const) {
      expect(logAddExp(a, b)).toBeCloseTo(Math.log(Math.exp(a) + Math.exp(b)), 14);
      expect(logSumExp([a, b, a])).toBeCloseTo(Math.log(2 * Math.exp(a) + Math.exp(b)), 14);
    }
    expect(log1mExp(-0.5)).toBeCloseTo(Math.log(1 - Math.exp(-0.5)), 14);
    expect(log1mExp(-3)).toBeCloseTo(Math.log(1 - Math.exp(-3)), 14);
  });

  it('survive the extremes', () => {
    expect(logAddExp(-5000, -5000)).toBe(-5000 + Math.LN2);
    expect(logAddExp(-Infinity, -Infinity)).toBe(-Infinity);
    expect(logAddExp(-Infinity, 7)).toBe(7);
    expect(logSumExp([])).toBe(-Infinity);
    expect(logSumExp([-Infinity, -Infinity])).toBe(-Infinity);
    expect(logSumExp([3000, 3000, -Infinity])).toBe(3000 + Math.LN2);
    expect(log1mExp(-1e-20)).toBeCloseTo(Math.log(1e-20), 13);
    expect(log1mExp(-800)).toBe(-Math.exp(-800));
    expect(log1mExp(0)).toBe(-Infinity);
  });
});
