// Numbers as the page shows them: with units, sensible digits and no line break inside. A missing
// value is an en dash, never 0. All figures are English-style (1,234.5) whatever the browser's
// language is, because the page's text is English.

const MISSING = '–';
/** U+00A0: a number and its unit stay on one line. */
const GAP = '\u00a0';
const NUM_SEAT_COLOURS = 8;

const counts = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** A share in [0, 1] as "97.48 %"; null, undefined and NaN as "–". */
export function formatPercent(share: number | null | undefined, digits = 2): string {
  return isNumber(share) ? `${(share * 100).toFixed(digits)}${GAP}%` : MISSING;
}

/** Decimal units, as networks count: "512 B", "4.20 kB", "0.43 MB", "1.20 GB". */
export function formatBytes(numBytes: number | null | undefined): string {
  if (!isNumber(numBytes)) return MISSING;
  if (numBytes < 1000) return `${Math.round(numBytes)}${GAP}B`;
  if (numBytes < 1e5) return `${threeDigits(numBytes / 1e3)}${GAP}kB`;
  if (numBytes < 1e8) return `${threeDigits(numBytes / 1e6)}${GAP}MB`;
  return `${threeDigits(numBytes / 1e9)}${GAP}GB`;
}

/** Milliseconds as "0.43 ms", "430 ms", "4.2 s", "3 min 05 s" or "2 h 05 min". */
export function formatDuration(durationMs: number | null | undefined): string {
  if (!isNumber(durationMs)) return MISSING;
  if (durationMs < 9.995) return `${durationMs.toFixed(durationMs === 0 ? 0 : 2)}${GAP}ms`;
  if (Math.round(durationMs) < 1000) return `${Math.round(durationMs)}${GAP}ms`;
  if (Math.round(durationMs / 100) < 600) return `${(durationMs / 1000).toFixed(1)}${GAP}s`;
  const seconds = Math.round(durationMs / 1000);
  if (seconds < 3600) {
    return `${Math.floor(seconds / 60)}${GAP}min${GAP}${twoPlaces(seconds % 60)}${GAP}s`;
  }
  const minutes = Math.round(durationMs / 60_000);
  return `${Math.floor(minutes / 60)}${GAP}h${GAP}${twoPlaces(minutes % 60)}${GAP}min`;
}

/** A whole number with its thousands marked: "55,000". */
export function formatCount(count: number | null | undefined): string {
  return isNumber(count) ? counts.format(count) : MISSING;
}

/** A measured number with so many significant digits: "0.0123", "1,230", "1.2 × 10⁻⁵". */
export function formatNumber(x: number | null | undefined, significant = 3): string {
  if (!isNumber(x)) return MISSING;
  if (x === 0) return '0';
  const [mantissa, exponentText] = x.toExponential(significant - 1).split('e') as [string, string];
  const exponent = Number(exponentText);
  if (exponent < -4 || exponent > 6) {
    return `${withoutTrailingZeros(mantissa)}${GAP}×${GAP}10${superscript(exponent)}`;
  }
  return digitsFormat(significant).format(x);
}

/** Made once for each number of digits: making one takes far longer than using it. */
const digitsFormats = new Map<number, Intl.NumberFormat>();

function digitsFormat(maximumSignificantDigits: number): Intl.NumberFormat {
  const known = digitsFormats.get(maximumSignificantDigits);
  if (known !== undefined) return known;
  const made = new Intl.NumberFormat('en', { maximumSignificantDigits });
  digitsFormats.set(maximumSignificantDigits, made);
  return made;
}

/** The colour of a client wherever it is drawn, as a CSS value; seats beyond the eighth share colours. */
export function seatColour(seat: number | null): string {
  return seat === null ? 'var(--seat-none)' : `var(--seat-${seat % NUM_SEAT_COLOURS})`;
}

function isNumber(x: number | null | undefined): x is number {
  return typeof x === 'number' && !Number.isNaN(x);
}

function threeDigits(x: number): string {
  return x.toFixed(x < 9.995 ? 2 : x < 99.95 ? 1 : 0);
}

function twoPlaces(x: number): string {
  return String(x).padStart(2, '0');
}

function withoutTrailingZeros(mantissa: string): string {
  return mantissa.includes('.') ? mantissa.replace(/\.?0+$/, '') : mantissa;
}

function superscript(exponent: number): string {
  return String(exponent).replace(/./g, (sign) =>
    sign === '-' ? '⁻' : '⁰¹²³⁴⁵⁶⁷⁸⁹'.charAt(Number(sign)),
  );
}
