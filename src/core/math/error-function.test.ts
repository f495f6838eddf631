// Oracle: mpmath 1.3 with 900 or more digits (its own series and continued fractions), rounded to 20.
import { describe, expect, it } from 'vitest';
import { erf, erfc, erfcx } from './error-function.ts';

// [x, erf(x), erfc(x), e^(x²) erfc(x)]
const table: readonly (readonly [number, number, number, number])[] = [
  [-6, -0.99999999999999997848, 1.9999999999999999785, 8622463094230390.3615],
  [-1.5, -0.96610514647531072707, 1.9661051464753107271, 18.653886256262733939],
  [-0.3, -0.32862675945912741619, 1.3286267594591274162, 1.4537492328427655512],
  [1e-300, 1.1283791670955126022e-300, 1.0, 1.0],
  [1e-5, 0.000011283791670579000273, 0.999988716208329421, 0.99998871630832829263],
  [0.25, 0.27632639016823693299, 0.72367360983176306701, 0.77034654773099674392],
  [0.46875, 0.49261347321793799159, 0.50738652678206200841, 0.63206968924955607816],
  [0.46876, 0.49262253110684652927, 0.50737746889315347073, 0.63206433114931228957],
  [0.8, 0.74210096470766051259, 0.25789903529233948741, 0.48910058922311470764],
  [1, 0.84270079294971486934, 0.15729920705028513066, 0.42758357615580700441],
  [2, 0.99532226501895273416, 0.0046777349810472658379, 0.25539567631050574387],
  [3, 0.99997790950300141456, 0.000022090496998585441373, 0.17900115118138995042],
  [4, 0.99999998458274209972, 1.5417257900280018852e-8, 0.13699945762506138989],
  [4.0001, 0.99999998459543525641, 1.5404564743590145159e-8, 0.1369962193491045466],
  [6, 0.99999999999999997848, 2.1519736712498913117e-17, 0.092776567800538354389],
  [10, 1.0, 2.088487583762544757e-45, 0.056140992743822585858],
  [20, 1.0, 5.3958656116079009289e-176, 0.028174348741051319319],
  [26, 1.0, 5.6631924088561428465e-296, 0.021683584850562906616],
  [100, 1.0, 0, 0.0056416137829894329036],
];

describe('error function', () => {
  it.each(table)('at %d agrees with mpmath to 4 units in the last place', (x, e, c, scaled) => {
    expectClose(erf(x), e);
    expectClose(erfc(x), c);
    expectClose(erfcx(x), scaled);
  });

  it('has the right limits', () => {
    expect(erf(Infinity)).toBe(1);
    expect(erf(-Infinity)).toBe(-1);
    expect(erfc(-Infinity)).toBe(2);
    expect(erfc(Infinity)).toBe(0);
    expect(erfcx(-Infinity)).toBe(Infinity);
    expect(erfcx(Infinity)).toBe(0);
    expect(erf(NaN)).toBeNaN();
  });

  it('is odd, and complements itself', () => {
    for (let x = -5; x <= 5; x += 0.0625) {
      expect(erf(-x)).toBe(-erf(x));
      expect(erf(x) + erfc(x)).toBeCloseTo(1, 15);
    }
  });
});

function expectClose(actual: number, expected: number): void {
  if (expected === 0) expect(actual).toBe(0);
  else expect(Math.abs(actual / expected - 1)).toBeLessThan(9e-16);
}
