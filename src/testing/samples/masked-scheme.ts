// An encrypted scheme for tests in Node, where node-seal does not load: words and seeds as the wire has
// them, each value hidden under a mask that is drawn from its seed, so that whoever only adds learns
// nothing and cannot tell it from a real one. Not secure: the masks come from the seeds alone.
import type { ClientScheme, SchemeParameters } from '../../core/encryption/scheme.ts';
import { wireLayout } from '../../core/encryption/wire-layout.ts';
import { createRandom } from '../../core/math/random.ts';

/** For a seeded scheme's parameters. One value a word, which leaves room for any sum of theirs. */
export function createMaskedScheme(parameters: SchemeParameters): ClientScheme {
  const { wordBytes, seedBytes, ringDegree, primes } = wireLayout(parameters);
  const { numParameters, updateBytes } = parameters;
  const numWords = wordBytes / 8;
  const primeOf = (word: number) => primes[Math.floor(word / ringDegree) % primes.length]!;

  function masksOf(seeds: Uint8Array): BigInt64Array {
    const random = createRandom('mask', ...seeds);
    return BigInt64Array.from({ length: numWords }, (_, word) => {
      const drawn = (BigInt(random.below(2 ** 31)) << 31n) + BigInt(random.below(2 ** 31));
      return drawn % primeOf(word);
    });
  }

  return {
    parameters,
    generateKeys: () => Uint8Array.of(1),
    open: () => ({
      encryptor: {
        encrypt(values) {
          const update = new Uint8Array(updateBytes);
          const seeds = update.subarray(wordBytes);
          crypto.getRandomValues(seeds);
          const words = new BigInt64Array(update.buffer, 0, numWords);
          words.set(masksOf(seeds));
          for (const [at, value] of values.entries()) {
            words[at] = (words[at]! + BigInt(value)) % primeOf(at);
          }
          return update;
        },
        dispose() {},
      },
      decryptor: {
        decryptSum(sum, numContributors) {
          const words = new BigInt64Array(sum.slice(0, wordBytes).buffer);
          for (let k = 0; k < numContributors; k++) {
            const from = wordBytes + k * seedBytes;
            const masks = masksOf(sum.subarray(from, from + seedBytes));
            for (let at = 0; at < numParameters; at++) {
              words[at] = (words[at]! + primeOf(at) - masks[at]!) % primeOf(at);
            }
          }
          return Float64Array.from(words.subarray(0, numParameters), Number);
        },
        dispose() {},
      },
    }),
  };
}
