// The error function and its complements to double precision: rational Chebyshev approximations of
// W. J. Cody, "Rational Chebyshev approximations for the error function", Math. Comp. 23 (1969), with
// the coefficients of his CALERF (ACM Algorithm 715). The usual seven-digit formula of Abramowitz &
// Stegun (7.1.26) loses because tail ratios of truncated normals need the relative error of a double.

const INVERSE_SQRT_PI = 0.5641895835477563; // 1/√π

// |x| ≤ 0.46875: erf(x) = x · P(x²)/Q(x²)
const CENTRE_NUMERATOR = [
  1.85777706184603153e-1, 3.1611237438705656, 1.13864154151050156e2, 3.77485237685302021e2,
  3.20937758913846947e3,
]; // Cody 1969, table II, n = 4
const CENTRE_DENOMINATOR = [
  1, 2.36012909523441209e1, 2.44024637934444173e2, 1.28261652607737228e3, 2.84423683343917062e3,
]; // Cody 1969, table II, n = 4

// 0.46875 < x ≤ 4: e^(x²) erfc(x) = P(x)/Q(x)
const MIDDLE_NUMERATOR = [
  2.15311535474403846e-8, 5.64188496988670089e-1, 8.88314979438837594, 6.61191906371416295e1,
  2.98635138197400131e2, 8.8195222124176909e2, 1.71204761263407058e3, 2.05107837782607147e3,
  1.23033935479799725e3,
]; // Cody 1969, table III, n = 8
const MIDDLE_DENOMINATOR = [
  1, 1.57449261107098347e1, 1.17693950891312499e2, 5.37181101862009858e2, 1.62138957456669019e3,
  3.29079923573345963e3, 4.36261909014324716e3, 3.43936767414372164e3, 1.23033935480374942e3,
]; // Cody 1969, table III, n = 8

// x > 4: e^(x²) erfc(x) = (1/√π − t P(t)/Q(t))/x with t = 1/x²
const TAIL_NUMERATOR = [
  1.63153871373020978e-2, 3.05326634961232344e-1, 3.60344899949804439e-1, 1.25781726111229246e-1,
  1.60837851487422766e-2, 6.58749161529837803e-4,
]; // Cody 1969, table IV, n = 5
const TAIL_DENOMINATOR = [
  1, 2.56852019228982242, 1.87295284992346725, 5.27905102951428412e-1, 6.05183413124413191e-2,
  2.33520497626869185e-3,
]; // Cody 1969, table IV, n = 5

const CENTRE = 0.46875; // Cody's first boundary

/** erf(x) = 2/√π ∫₀ˣ e^(−t²) dt, relative error below 1e-15. */
export function erf(x: number): number {
  if (Math.abs(x) <= CENTRE) return erfCentre(x);
  return x > 0 ? 1 - erfc(x) : erfc(-x) - 1;
}

/** 1 − erf(x) without cancellation; 0 above 27.3, where it underflows. */
export function erfc(x: number): number {
  if (Math.abs(x) <= CENTRE) return 1 - erfCentre(x);
  if (x < 0) return 2 - erfc(-x);
  return x > 27.3 ? 0 : expMinusSquare(x) * erfcx(x);
}

/** e^(x²) erfc(x): the scaled complement. Infinity below about −26.6; never underflows above. */
export function erfcx(x: number): number {
  if (x < -CENTRE) return x < -27 ? Infinity : 2 * Math.exp(x * x) - erfcx(-x);
  if (x <= CENTRE) return Math.exp(x * x) * (1 - erfCentre(x));
  if (x <= 4) return horner(MIDDLE_NUMERATOR, x) / horner(MIDDLE_DENOMINATOR, x);
  const t = 1 / (x * x);
  return (INVERSE_SQRT_PI - (t * horner(TAIL_NUMERATOR, t)) / horner(TAIL_DENOMINATOR, t)) / x;
}

function erfCentre(x: number): number {
  const square = x * x;
  return (x * horner(CENTRE_NUMERATOR, square)) / horner(CENTRE_DENOMINATOR, square);
}

/** e^(−x²) with x split so that the rounding of x² does not reach the exponent. */
function expMinusSquare(x: number): number {
  const head = Math.trunc(x * 16) / 16;
  return Math.exp(-head * head) * Math.exp(-(x - head) * (x + head));
}

function horner(coefficients: readonly number[], x: number): number {
  let sum = 0;
  for (const coefficient of coefficients) sum = sum * x + coefficient;
  return sum;
}
