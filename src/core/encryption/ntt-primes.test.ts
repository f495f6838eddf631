import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isPrime, largestNttPrime } from './ntt-primes.ts';

describe('primality', () => {
  test('agrees with trial division up to 20,000', () => {
    for (let n = 0; n < 20_000; n++) {
      let prime = n >= 2;
      for (let d = 2; d * d <= n && prime; d++) if (n % d === 0) prime = false;
      expect(isPrime(BigInt(n))).toBe(prime);
    }
  });

  test('sees through strong pseudoprimes', () => {
    // Smallest strong pseudoprimes to the first 1, 4, 7 and 9 prime bases (OEIS A014233).
    for (const n of [2047n, 3215031751n, 341550071728321n, 3825123056546413051n]) {
      expect(isPrime(n)).toBe(false);
    }
  });

  test('refuses products and takes a Mersenne prime', () => {
    const factor = fc.bigInt({ min: 2n, max: 1n << 30n });
    fc.assert(fc.property(factor, factor, (a, b) => !isPrime(a * b)));
    expect(isPrime((1n << 61n) - 1n)).toBe(true);
  });
});

describe('primes for the number-theoretic transform', () => {
  test('have the size and the roots of unity asked for, and none is larger', () => {
    for (const [bits, ringDegree] of [
      [60, 4096],
      [60, 8192],
      [52, 4096],
      [47, 4096],
    ] as const) {
      const p = largestNttPrime(bits, ringDegree);
      expect(p.toString(2).length).toBe(bits);
      expect(p % BigInt(2 * ringDegree)).toBe(1n);
      for (
        let n = p + BigInt(2 * ringDegree);
        n < 1n << BigInt(bits);
        n += BigInt(2 * ringDegree)
      ) {
        expect(isPrime(n)).toBe(false);
      }
    }
  });

  test('are refused where there are none', () => {
    expect(() => largestNttPrime(13, 4096)).toThrow(RangeError);
  });
});
