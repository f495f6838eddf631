// Seeded randomness: every random choice of a run derives from one seed and a name for its use, so
// that two uses never share a stream and the order in which they are made does not matter.
// Generator: xoshiro128** (Blackman & Vigna 2018, arXiv 1805.01407), seeded by SplitMix32 over an
// FNV-1a hash of the key. Not for cryptography: keys and encryption noise come from the platform.

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
  let [a, b, c, d] = expandKey(key);
  let spareNormal: number | null = null;

  function uint32(): number {
    const scrambled = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0;
    const t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = rotateLeft(d, 11);
    return scrambled;
  }

  function uniform(): number {
    return ((uint32() >>> 5) * 67108864 + (uint32() >>> 6)) / 9007199254740992; // 27 + 26 = 53 bits
  }

  function below(bound: number): number {
    if (!Number.isInteger(bound) || bound < 1 || bound > 4294967296) {
      throw new RangeError(`below() needs a bound in [1, 2^32], got ${bound}`);
    }
    const limit = 4294967296 - (4294967296 % bound);
    let value = uint32();
    while (value >= limit) value = uint32();
    return value % bound;
  }

  function normal(): number {
    if (spareNormal !== null) {
      const value = spareNormal;
      spareNormal = null;
      return value;
    }
    for (;;) {
      const x = 2 * uniform() - 1;
      const y = 2 * uniform() - 1;
      const s = x * x + y * y;
      if (s > 0 && s < 1) {
        const factor = Math.sqrt((-2 * Math.log(s)) / s);
        spareNormal = y * factor;
        return x * factor;
      }
    }
  }

  function gamma(shape: number): number {
    if (!(shape > 0)) throw new RangeError(`gamma() needs a shape above 0, got ${shape}`);
    if (shape < 1) return gamma(shape + 1) * Math.pow(1 - uniform(), 1 / shape);
    const base = shape - 1 / 3;
    const slope = 1 / Math.sqrt(9 * base);
    for (;;) {
      const x = normal();
      const v = Math.pow(1 + slope * x, 3);
      if (v <= 0) continue;
      const u = 1 - uniform();
      if (Math.log(u) < 0.5 * x * x + base - base * v + base * Math.log(v)) return base * v;
    }
  }

  function permutation(n: number): Uint32Array {
    const order = new Uint32Array(n);
    for (let i = 0; i < n; i++) order[i] = i;
    for (let i = n - 1; i > 0; i--) {
      const j = below(i + 1);
      const swap = order[i]!;
      order[i] = order[j]!;
      order[j] = swap;
    }
    return order;
  }

  return { uint32, uniform, below, normal, gamma, permutation };
}

function rotateLeft(x: number, bits: number): number {
  return (x << bits) | (x >>> (32 - bits));
}

function expandKey(key: StreamKey): [number, number, number, number] {
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
  return [next(), next(), next(), next() | 1];
}
