// Ends and ticks of axes. Ticks are 1, 2 or 5 times a power of ten (Heckbert, "Nice numbers for
// graph labels", Graphics Gems 1990); an axis starts at the tick below the data, not at 0.
import { isPresent, type Domain } from './series.ts';

/** Smallest and largest of the values that are present, null when none is. */
export function extent(values: Iterable<number | null>): Domain | null {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (!isPresent(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? [low, high] : null;
}

/** The distance 1, 2 or 5 × 10^k that cuts `span` (> 0) into about `count` parts. */
export function niceStep(span: number, count: number): number {
  const raw = span / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const ratio = raw / power;
  const factor =
    ratio < Math.SQRT2 ? 1 : ratio < Math.sqrt(10) ? 2 : ratio < Math.sqrt(50) ? 5 : 10;
  return factor * power;
}

/**
 * The data's extent widened to whole ticks, inside `bounds` (a share never leaves [0, 1]). A single
 * value gets some room on both sides.
 */
export function niceDomain(
  data: Domain,
  bounds: Domain = [-Infinity, Infinity],
  targetTicks = 5,
): Domain {
  const [low, high] = data;
  const room = high > low ? 0 : Math.abs(low) * 0.05 || 0.5;
  const step = niceStep(high - low + 2 * room, targetTicks);
  const niceLow = roundTo(Math.floor((low - room) / step + 1e-9) * step, step);
  const niceHigh = roundTo(Math.ceil((high + room) / step - 1e-9) * step, step);
  return [Math.max(bounds[0], niceLow), Math.min(bounds[1], niceHigh)];
}

/** Nice ticks inside the domain, both ends included where they are nice. */
export function linearTicks([low, high]: Domain, targetTicks = 5): number[] {
  const step = niceStep(high - low, targetTicks);
  const ticks: number[] = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-9; k++) {
    ticks.push(roundTo(k * step, step) + 0); // + 0 turns -0 into 0
  }
  return ticks;
}

/** Ticks for things that are counted (rounds, trials): whole numbers only. */
export function integerTicks(domain: Domain, targetTicks = 10): number[] {
  if (domain[1] - domain[0] > targetTicks) return linearTicks(domain, targetTicks);
  const ticks: number[] = [];
  // + 0 turns -0 into 0.
  for (let tick = Math.ceil(domain[0]) + 0; tick <= domain[1]; tick++) ticks.push(tick);
  return ticks;
}

/** Whole powers of ten around positive data. */
export function logDomain(data: Domain): Domain {
  const low = powerOfTen(Math.floor(Math.log10(data[0]) + 1e-9));
  const high = powerOfTen(Math.ceil(Math.log10(data[1]) - 1e-9));
  return high > low ? [low, high] : [low, low * 10];
}

/** Powers of ten (every second, third … when there are many); 1, 2, 5 when there are few. */
export function logTicks([low, high]: Domain, maxTicks = 6): number[] {
  const first = Math.ceil(Math.log10(low) - 1e-9);
  const last = Math.floor(Math.log10(high) + 1e-9);
  const factors = last - first <= 2 ? [1, 2, 5] : [1];
  const stride = Math.max(1, Math.ceil((last - first + 1) / maxTicks));
  const ticks: number[] = [];
  for (let exponent = first - 1; exponent <= last; exponent++) {
    if (factors.length === 1 && (exponent - first) % stride !== 0) continue;
    for (const factor of factors) {
      const tick = Number(`${factor}e${exponent}`);
      if (tick >= low * (1 - 1e-9) && tick <= high * (1 + 1e-9)) ticks.push(tick);
    }
  }
  return ticks;
}

/** Digits behind the point that tell ticks `step` apart: 0.05 needs two. */
export function digitsOf(step: number): number {
  return Math.max(0, Math.min(20, -Math.floor(Math.log10(step) + 1e-9)));
}

/** Exactly the double that 1e-5 is; 10 ** -5 is its neighbour. */
function powerOfTen(exponent: number): number {
  return Number(`1e${exponent}`);
}

/** Removes the noise of binary fractions: 0.30000000000000004 with step 0.1 is 0.3. */
function roundTo(value: number, step: number): number {
  const digits = Math.max(0, Math.min(100, 1 - Math.floor(Math.log10(step))));
  return Number(value.toFixed(digits));
}
