// The primes that SEAL picks: for a size in bits and a ring degree N, the largest prime p of that
// size with p = 1 mod 2N, so that Z_p has the 2N-th roots of unity that the number-theoretic
// transform needs (SEAL's CoeffModulus::Create and PlainModulus::Batching). Computed here so that
// the bounds of parameters.ts are exact and need no WASM; a browser test compares them with SEAL's.

/** Witnesses that make Miller–Rabin deterministic below 3.3e24 (Sorenson & Webster 2015, arXiv 1509.00864). */
const WITNESSES = [2n, 3n, 5n, 7n, 11n, 13n, 17n, 19n, 23n, 29n, 31n, 37n, 41n];

/**
 * The largest prime p < 2^bits (or below `below`, which is 1 mod 2·ringDegree) with p = 1 mod 2·ringDegree.
 * RangeError when there is none of that size.
 */
export function largestNttPrime(
  bits: number,
  ringDegree: number,
  below = (1n << BigInt(bits)) + 1n,
): bigint {
  const factor = 2n * BigInt(ringDegree);
  const low = 1n << BigInt(bits - 1);
  for (let p = below - factor; p > low; p -= factor) {
    if (isPrime(p)) return p;
  }
  throw new RangeError(`There is no ${bits}-bit prime that is 1 modulo ${factor}.`);
}

/**
 * The primes of a coefficient modulus of these sizes, in SEAL's order (CoeffModulus::Create): of several of
 * one size it takes the largest ones, and those in ascending order.
 */
export function coeffModulus(bits: readonly number[], ringDegree: number): bigint[] {
  const primes = bits.map(() => 0n);
  const lastOfSize = new Map<number, bigint>();
  for (let i = bits.length - 1; i >= 0; i--) {
    const prime = largestNttPrime(bits[i]!, ringDegree, lastOfSize.get(bits[i]!));
    lastOfSize.set(bits[i]!, prime);
    primes[i] = prime;
  }
  return primes;
}

/** Miller–Rabin, exact for every n < 2^64. */
export function isPrime(n: bigint): boolean {
  if (n < 2n) return false;
  for (const p of WITNESSES) if (n % p === 0n) return n === p;
  let odd = n - 1n;
  let twos = 0;
  while ((odd & 1n) === 0n) {
    odd >>= 1n;
    twos++;
  }
  return WITNESSES.every((a) => passes(a, odd, twos, n));
}

function passes(witness: bigint, odd: bigint, twos: number, n: bigint): boolean {
  let x = power(witness, odd, n);
  if (x === 1n || x === n - 1n) return true;
  for (let i = 1; i < twos; i++) {
    x = (x * x) % n;
    if (x === n - 1n) return true;
  }
  return false;
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  for (let e = exponent, b = base % modulus; e > 0n; e >>= 1n, b = (b * b) % modulus) {
    if (e & 1n) result = (result * b) % modulus;
  }
  return result;
}
