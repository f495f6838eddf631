// Seeded randomness: every random choice of a run derives from one seed and a name for its use, so
// that two uses never share a stream and the order in which they are made does not matter.
// Generator: xoshiro128** (Blackman & Vigna 2018, arXiv 1805.01407), seeded by SplitMix32 over an
// FNV-1a hash of the key. Not for cryptography: keys and encryption noise come from the platform.

const TWO_32 = 4294967296;

/** A key of a random stream: a seed and the words that say what the stream is for. */
export type StreamKey = readonly (string | number)[];

export interface Random {
  /** A 32-bit unsigned integer. */
  uint32(): number;
  /** A float in [0, 1) with 53 random bits. */
  uniform(): number;
  /** An integer in [0, bound), unbiased (rejection). `bound` is in [1, 2^32]. */
  below(bound: number): number;
  /** A standard normal variate (Marsaglia's polar method). */
  normal(): number;
  /** Gamma(shape, 1) variate (Marsaglia & Tsang 2000; shape < 1 boosted). */
  gamma(shape: number): number;
  /** A permutation of 0 … n-1 (Fisher–Yates). */
  permutation(n: number): Uint32Array;
}

/** The stream of `key`: same key, same numbers, on every machine. */
export function createRandom(...key: StreamKey): Random {
  return new Xoshiro(expandKey(key));
}

// A class, and its loop a function of the module: engines throw the compiled code of a closure away
// with the closure, and streams are made anew for every round.
class Xoshiro implements Random {
  readonly #state: Uint32Array;
  #spareNormal: number | null = null;

  constructor(state: Uint32Array) {
    this.#state = state;
  }

  uint32(): number {
    return nextUint32(this.#state);
  }

  uniform(): number {
    return ((this.uint32() >>> 5) * 67108864 + (this.uint32() >>> 6)) / 9007199254740992; // 27 + 26 = 53 bits
  }

  below(bound: number): number {
    if (!Number.isInteger(bound) || bound < 1 || bound > TWO_32) {
      throw new RangeError(`below() needs a bound in [1, 2^32], got ${bound}`);
    }
    let value = this.uint32();
    // The largest multiple of `bound` is above 2^32 - bound: nearly all values need no division for it.
    if (value >= TWO_32 - bound) {
      const limit = TWO_32 - (TWO_32 % bound);
      while (value >= limit) value = this.uint32();
    }
    return value % bound;
  }

  normal(): number {
    if (this.#spareNormal !== null) {
      const value = this.#spareNormal;
      this.#spareNormal = null;
      return value;
    }
    for (;;) {
      const x = 2 * this.uniform() - 1;
      const y = 2 * this.uniform() - 1;
      const s = x * x + y * y;
      if (s > 0 && s < 1) {
        const factor = Math.sqrt((-2 * Math.log(s)) / s);
        this.#spareNormal = y * factor;
        return x * factor;
      }
    }
  }

  gamma(shape: number): number {
    if (!(shape > 0)) throw new RangeError(`gamma() needs a shape above 0, got ${shape}`);
    if (shape < 1) return this.gamma(shape + 1) * Math.pow(1 - this.uniform(), 1 / shape);
    const base = shape - 1 / 3;
    const slope = 1 / Math.sqrt(9 * base);
    for (;;) {
      const x = this.normal();
      const v = Math.pow(1 + slope * x, 3);
      if (v <= 0) continue;
      const u = 1 - this.uniform();
      if (Math.log(u) < 0.5 * x * x + base - base * v + base * Math.log(v)) return base * v;
    }
  }

  permutation(n: number): Uint32Array {
    const order = new Uint32Array(n);
    for (let i = 0; i < n; i++) order[i] = i;
    for (let i = n - 1; i > 0; i--) {
      const j = this.below(i + 1);
      const swap = order[i]!;
      order[i] = order[j]!;
      order[j] = swap;
    }
    return order;
  }
}

/** One step of xoshiro128** on `state` [4]. */
export function nextUint32(state: Uint32Array): number {
  const b = state[1]!;
  const c = state[2]! ^ state[0]!;
  const d = state[3]! ^ b;
  state[1] = b ^ c;
  state[0] = state[0]! ^ d;
  state[2] = c ^ (b << 9);
  state[3] = rotateLeft(d, 11);
  return Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0;
}

function rotateLeft(x: number, bits: number): number {
  return (x << bits) | (x >>> (32 - bits));
}

function expandKey(key: StreamKey): Uint32Array {
  let hash = 0x811c9dc5; // FNV-1a offset basis
  for (const char of key.map(String).join('\u001f')) {
    hash = Math.imul(hash ^ char.codePointAt(0)!, 0x01000193); // FNV-1a prime
  }
  const next = (): number => {
    hash = (hash + 0x9e3779b9) | 0;
    let z = hash;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return z ^ (z >>> 15);
  };
  return Uint32Array.of(next(), next(), next(), next() | 1);
}
