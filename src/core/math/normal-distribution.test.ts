// Oracle: mpmath 1.3 with 700 digits (Φ by its erfc, quantiles by bisection), rounded to 20. In the far
// tails the plain formulas underflow or cancel; the tables go there on purpose.
import { describe, expect, it } from 'vitest';
import {
  logNdtr,
  logNormalMass,
  ndtriExp,
  truncatedNormalQuantile,
} from './normal-distribution.ts';

// [x, ln Φ(x)]
const logNdtrTable: readonly (readonly [number, number])[] = [
  [-1e5, -5000000012.4318639983],
  [-1000, -500007.82669481218431],
  [-100, -5005.5242086942050886],
  [-38.6, -749.5528608462078321],
  [-37.5, -707.66898931750719107],
  [-20.0001, -203.91916035139179578],
  [-20, -203.91715537109726394],
  [-10, -53.231285150512470578],
  [-5, -15.064998393988725736],
  [-2, -3.7831843336820319488],
  [-1, -1.8410216450092635058],
  [-0.5, -1.1759117615936186089],
  [-1e-9, -0.69314718135782987054],
  [0, -0.69314718055994530942],
  [1e-9, -0.69314717976206074893],
  [0.5, -0.36894641528865639307],
  [1, -0.17275377902344988953],
  [2, -0.023012909328963488465],
  [4, -0.00003167174337748926386],
  [6, -9.8658764552437573169e-10],
  [6.0001, -9.8598023947984360029e-10],
  [8, -6.2209605742717860585e-16],
  [20, -2.7536241186062336951e-89],
  [37, -5.7255712225245768227e-300],
];

// [a, b, ln(Φ(b) − Φ(a))]
const logMassTable: readonly (readonly [number, number, number])[] = [
  [-1, 1, -0.38171514630212607227],
  [-0.001, 0.002, -6.7280820235185500817],
  [-1e-9, 1e-9, -20.949057189591138526],
  [-40, -39, -765.08315656437754441],
  [39, 40, -765.08315656437754441],
  [5, 5.5, -15.133540811271287591],
  [-5.5, -5, -15.133540811271287591],
  [-100, -99.99, -5004.982804765624186],
  [-1e3, -999.999, -500007.28536916662294],
  [-8, 8, -1.2441921148543575987e-15],
  [-10, 9, -1.1286646044840822531e-19],
  [-1, 10, -0.17275377902344988953],
  [0.5, 0.50001, -12.556866498195077156],
  [3, 3.000001, -19.234450591028960755],
  [-30, -29.9999, -460.12777853185113447],
  [-0.3, 2.2, -0.50416787802942598979],
  [-2, -1.99, -7.5141088025252647083],
  [0, 0.1, -3.2231891821071837652],
  [-0.1, 0, -3.2231891821071837652],
  [7, 100, -27.384307498811075243],
];

// [q, a, b, q-quantile of the normal truncated to [a, b]]
const quantileTable: readonly (readonly [number, number, number, number])[] = [
  [0.5, -1, 1, -9.8181869305954531062e-91],
  [0.1, -3, 0.5, -1.4731065457115306264],
  [0.9, -3, 0.5, 0.3119249110381255951],
  [1e-10, -2, 2, -1.9999999982321121549],
  [0.999999, -2, 2, 1.9999823214340521101],
  [0.5, 30, 40, 30.023070467827310753],
  [0.01, -40, -30, -30.152946658582153048],
  [0.99, -40, -30, -30.000334638332141948],
  [0.3, 100, 101, 100.00356632929058156],
  [0.75, -0.001, 0.002, 0.0012499993671875230975],
  [0.5, -100, 8.2, -1.506402320987571911e-16],
  [0.123, 2, 2.5, 2.0391875888317269476],
  [0.6, -1, 9, 0.42193043166192146497],
  [0.9999999, -1, 9, 5.2313583511667472243],
];

describe('ln Φ', () => {
  it.each(logNdtrTable)('at %d', (x, expected) => {
    expect(Math.abs(logNdtr(x) / expected - 1)).toBeLessThan(2e-15);
  });

  it.each(logNdtrTable.filter(([x]) => x < 30 && x !== 0))('is inverted at %d', (x, y) => {
    // d(ln Φ) one unit in the last place of y moves x by ulp(y)/(φ/Φ): nothing can be better.
    const slope = Math.exp((-x * x) / 2 - 0.9189385332046727 - logNdtr(x));
    const unavoidable = (2.3e-16 * Math.abs(y)) / slope;
    expect(Math.abs(ndtriExp(y) - x)).toBeLessThan(1e-14 * Math.max(1, Math.abs(x)) + unavoidable);
  });

  it('has the right limits', () => {
    expect(logNdtr(-Infinity)).toBe(-Infinity);
    expect(logNdtr(Infinity)).toBeCloseTo(0, 300);
    expect(logNdtr(-1e200)).toBe(-Infinity);
    expect(ndtriExp(0)).toBe(Infinity);
    expect(ndtriExp(-Infinity)).toBe(-Infinity);
    expect(ndtriExp(0.1)).toBeNaN();
    expect(ndtriExp(-Math.LN2)).toBeCloseTo(0, 15);
  });
});

describe('ln of a normal mass', () => {
  it.each(logMassTable)('on [%d, %d]', (a, b, expected) => {
    // A logarithm's absolute error is the mass's relative error; wide central masses have ln ≈ 0.
    const error = Math.abs(logNormalMass(a, b) - expected);
    expect(error).toBeLessThan(3e-15 * Math.max(1, Math.abs(expected)));
    if (Math.abs(expected) < 1e-10) expect(error / Math.abs(expected)).toBeLessThan(1e-14);
  });

  it('is −Infinity on nothing and NaN upside down', () => {
    expect(logNormalMass(1, 1)).toBe(-Infinity);
    expect(logNormalMass(2, 1)).toBeNaN();
  });

  it('of both halves is that of the whole', () => {
    for (const [a, m, b] of [
      [-7, -6, -2],
      [-1, 0.5, 3],
      [4, 9, 12],
      [-Infinity, 1, Infinity],
    ] as const) {
      const sum = Math.exp(logNormalMass(a, m)) + Math.exp(logNormalMass(m, b));
      expect(sum / Math.exp(logNormalMass(a, b))).toBeCloseTo(1, 14);
    }
  });
});

describe('truncated normal quantile', () => {
  it.each(quantileTable)('%d on [%d, %d]', (q, a, b, expected) => {
    const error = Math.abs(truncatedNormalQuantile(q, a, b) - expected);
    expect(error).toBeLessThan(2e-13 * Math.max(1e-2, Math.abs(expected)));
  });

  it('meets the bounds at 0 and 1 and never leaves them', () => {
    expect(truncatedNormalQuantile(0, -3, 2)).toBe(-3);
    expect(truncatedNormalQuantile(1, -3, 2)).toBe(2);
    for (let i = 0; i <= 200; i++) {
      const x = truncatedNormalQuantile(i / 200, 35, 35.0001);
      expect(x).toBeGreaterThanOrEqual(35);
      expect(x).toBeLessThanOrEqual(35.0001);
    }
  });
});
