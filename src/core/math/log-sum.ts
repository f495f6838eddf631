// Sums and differences of numbers that are held as their logarithms, without overflow.

const LN_HALF = -Math.LN2;

/** ln(e^a + e^b). */
export function logAddExp(a: number, b: number): number {
  const larger = Math.max(a, b);
  if (larger === -Infinity || larger === Infinity) return larger;
  return larger + Math.log1p(Math.exp(-Math.abs(a - b)));
}

/** ln(1 − e^x) for x ≤ 0; whichever of two forms cancels less (Mächler 2012, "log1mexp"). */
export function log1mExp(x: number): number {
  return x > LN_HALF ? Math.log(-Math.expm1(x)) : Math.log1p(-Math.exp(x));
}

/** ln Σ e^values; −Infinity if there are none or all are −Infinity. */
export function logSumExp(values: ArrayLike<number>): number {
  let largest = -Infinity;
  for (let i = 0; i < values.length; i++) if (values[i]! > largest) largest = values[i]!;
  if (largest === -Infinity || largest === Infinity) return largest;
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += Math.exp(values[i]! - largest);
  return largest + Math.log(sum);
}
