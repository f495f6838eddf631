// Makes SEAL's ciphertexts of a sum again. First polynomials come added up; a second one that travelled as
// seeds is drawn again from each contributor's and added here: SEAL draws it when it loads a ciphertext with
// a seed, so one is loaded for each, the first with the sum's words in it, the others with none. Drawing is
// nearly all of what that costs (BLAKE2xb, 0.1 ms for 4096 words), so no order of loading makes it cheaper.
import type { Ciphertext } from 'node-seal';
import { SchemeError } from '../core/encryption/scheme.ts';
import {
  SEED_BYTES,
  sumBytes,
  wireLayout,
  wordsOf,
  wordsProblem,
} from '../core/encryption/wire-layout.ts';
import { createCiphertextFrame } from './ciphertext-frame.ts';
import type { SchemeContext } from './context.ts';
import { deleteAll } from './engine.ts';

export interface SumLoader {
  /** Throws SchemeError `bad-sum` unless these are the bytes of a sum of so many updates. */
  check(sum: Uint8Array, numContributors: number): void;
  /** The sum's ciphertext `index`. Only for a sum that was checked: SEAL throws at others. */
  load(sum: Uint8Array, numContributors: number, index: number): Ciphertext;
  dispose(): void;
}

/** Owns WASM memory, the ciphertext included that `load` returns, the same one each time. */
export function createSumLoader(context: SchemeContext): SumLoader {
  const { engine, sealContext, parameters } = context;
  const { seal } = engine;
  const layout = wireLayout(parameters);
  const { ciphertextBytes, wordBytes, seedBytes, isSeeded } = layout;
  const withWords = createCiphertextFrame(context.update);
  const withoutWords = createCiphertextFrame(context.update);
  const { evaluator, total, drawn } = engine.run(() => ({
    evaluator: new seal.Evaluator(sealContext),
    total: new seal.Ciphertext(),
    drawn: new seal.Ciphertext(),
  }));

  return {
    check(sum, numContributors) {
      const expectedBytes = sumBytes(parameters, numContributors);
      if (sum.length !== expectedBytes) {
        throw new SchemeError('bad-sum', `a sum has ${expectedBytes} bytes`);
      }
      const problem = wordsProblem(wordsOf(sum, layout), layout);
      if (problem !== null) throw new SchemeError('bad-sum', problem);
    },

    load(sum, numContributors, index) {
      const seedOf = (contributor: number) => {
        const from = wordBytes + contributor * seedBytes + index * SEED_BYTES;
        return sum.subarray(from, from + SEED_BYTES);
      };
      withWords.words.set(sum.subarray(index * ciphertextBytes, (index + 1) * ciphertextBytes));
      return engine.run(() => {
        if (isSeeded) withWords.seed.set(seedOf(0));
        total.loadFromArray(sealContext, withWords.bytes);
        for (let k = 1; isSeeded && k < numContributors; k++) {
          withoutWords.seed.set(seedOf(k));
          drawn.loadFromArray(sealContext, withoutWords.bytes);
          evaluator.addInplace(total, drawn);
        }
        return total;
      });
    },

    dispose() {
      deleteAll(total, drawn, evaluator);
    },
  };
}
