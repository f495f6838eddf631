// The standard normal distribution and its truncation to an interval, in logarithms and safe far in
// the tails. ln Φ comes from the scaled complement erfcx, so that neither underflow nor an asymptotic
// series is needed. Robert 1995, "Simulation of truncated normal variables" (arXiv 0907.4010), for the
// setting; never Φ(b) − Φ(a): in a tail the difference of two doubles is all rounding.
import { erf, erfcx } from './error-function.ts';
import { log1mExp, logAddExp } from './log-sum.ts';

/** ln √(2π), the normal density's normalising constant. */
export const LN_SQRT_TWO_PI = 0.9189385332046727;
const SQRT_TWO_OVER_PI = 0.7978845608028654; // √(2/π)
const LN_HALF = -Math.LN2;

/** ln Φ(x), relative error about 1e-15 for every double. */
export function logNdtr(x: number): number {
  if (x > 0) return Math.log1p(-upperTail(x));
  if (x === -Infinity) return -Infinity;
  return (-x * x) / 2 + Math.log(erfcx(-x * Math.SQRT1_2) / 2);
}

/**
 * The x with ln Φ(x) = y, for y ≤ 0 (0 gives Infinity). Newton on ln Φ, which is concave: after the first
 * step the iterates rise to the root. Above the median the mirrored problem is solved instead.
 */
export function ndtriExp(y: number): number {
  if (y === 0) return Infinity;
  if (y === -Infinity) return -Infinity;
  if (!(y < 0)) return NaN;
  if (y > LN_HALF) return -ndtriExp(log1mExp(y));
  const t = -2 * y;
  // Φ(x) ≤ e^(−x²/2)/2 below 0 gives a start left of the root; far out ln Φ ≈ −x²/2 − ln(−x√2π).
  let x = y > -5 ? -Math.sqrt(t + 2 * LN_HALF) : -Math.sqrt(t - 2 * LN_SQRT_TWO_PI - Math.log(t));
  for (let iteration = 0; iteration < 50; iteration++) {
    const slope = SQRT_TWO_OVER_PI / erfcx(-x * Math.SQRT1_2); // φ(x)/Φ(x)
    const step = (logNdtr(x) - y) / slope;
    x -= step;
    if (Math.abs(step) <= 1e-8 * Math.max(1, Math.abs(x))) break; // quadratic: the error is 1e-16
  }
  return x;
}

/** ln(Φ(b) − Φ(a)) for a ≤ b; −Infinity if they are equal. */
export function logNormalMass(a: number, b: number): number {
  if (!(a < b)) return a === b ? -Infinity : NaN;
  if (a > 0) return logNormalMass(-b, -a);
  const width = b - a;
  const middle = (a + b) / 2;
  if (width * Math.max(1, Math.abs(middle)) < 1e-3) {
    // Midpoint rule with its second-order term; the next is (width·middle)⁴/1920 < 1e-15.
    const correction = Math.log1p((width * width * (middle * middle - 1)) / 24);
    return Math.log(width) - (middle * middle) / 2 - LN_SQRT_TWO_PI + correction;
  }
  if (b <= 0) {
    if (a === -Infinity) return logNdtr(b);
    const ratio = erfcx(-a * Math.SQRT1_2) / erfcx(-b * Math.SQRT1_2);
    return logNdtr(b) + log1mExp(width * middle + Math.log(ratio)); // (b² − a²)/2 = width · middle
  }
  const central = (erf(b * Math.SQRT1_2) + erf(-a * Math.SQRT1_2)) / 2; // both terms positive
  if (central < 0.5) return Math.log(central);
  return Math.log1p(-upperTail(-a) - upperTail(b));
}

/**
 * The q-quantile of the standard normal truncated to [a, b], q in [0, 1]. `logMass` is
 * `logNormalMass(a, b)`, given if the caller has it.
 */
export function truncatedNormalQuantile(
  q: number,
  a: number,
  b: number,
  logMass: number = logNormalMass(a, b),
): number {
  if (q <= 0) return a;
  if (q >= 1) return b;
  const logBelow = logAddExp(logNdtr(a), Math.log(q) + logMass);
  const x =
    logBelow <= LN_HALF
      ? ndtriExp(logBelow)
      : -ndtriExp(logAddExp(logNdtr(-b), Math.log1p(-q) + logMass));
  return Math.min(Math.max(x, a), b);
}

/** Φ(−x) for x ≥ 0. x² is split so that its rounding does not reach the exponent. */
function upperTail(x: number): number {
  if (x > 39) return 0; // underflows
  const head = Math.trunc(x * 16) / 16;
  const density = Math.exp((-head * head) / 2) * Math.exp((-(x - head) * (x + head)) / 2);
  return (density * erfcx(x * Math.SQRT1_2)) / 2;
}
