// The server's side: adds ciphertexts that it cannot read. Nothing here, or in what this file
// imports, names a key: an import rule and a test on the built server hold it to that. Additions
// are modular and exact, so the order of arrival cannot change a bit of the sum.
import type { Ciphertext } from 'node-seal';
import { createPlaintextSummer } from '../core/encryption/plaintext-scheme.ts';
import { SchemeError, type SchemeParameters, type Summer } from '../core/encryption/scheme.ts';
import { ciphertextProblem } from './byte-gate.ts';
import { contextFor } from './context.ts';
import { acquireEngine, deleteAll, type Engine } from './engine.ts';
import { ciphertextBytes } from './seal-layout.ts';

/**
 * An empty sum for updates of these parameters. After a SchemeError `engine-broken` it is of no use:
 * make another, which gets a new engine; what was added is lost.
 */
export async function createSummer(parameters: SchemeParameters): Promise<Summer> {
  return parameters.name === 'plaintext'
    ? createPlaintextSummer(parameters)
    : createSummerOn(await acquireEngine(), parameters);
}

/** The same on this engine, for an encrypted scheme. Throws SchemeError `engine-broken`. */
export function createSummerOn(engine: Engine, parameters: SchemeParameters): Summer {
  const { seal } = engine;
  const context = contextFor(engine, parameters);
  const { numCiphertexts, maxContributors, updateBytes, sumBytes } = parameters;
  const partBytes = ciphertextBytes(context.update);
  const { evaluator, arriving, sum } = engine.run(() => ({
    evaluator: new seal.Evaluator(context.sealContext),
    arriving: new seal.Ciphertext(),
    sum: Array.from({ length: numCiphertexts }, (): Ciphertext => new seal.Ciphertext()),
  }));
  let numAdded = 0;

  const part = (update: Uint8Array, index: number) =>
    update.subarray(index * partBytes, (index + 1) * partBytes);

  /** The whole update is read before any of it is added, so that a bad one leaves no trace. */
  function check(update: Uint8Array): void {
    if (update.length !== updateBytes) {
      throw new SchemeError('bad-update', `an update has ${updateBytes} bytes`);
    }
    for (let i = 0; i < numCiphertexts; i++) {
      const problem = ciphertextProblem(part(update, i), context.update);
      if (problem !== null) throw new SchemeError('bad-update', `ciphertext ${i}: ${problem}`);
    }
  }

  return {
    get numAdded() {
      return numAdded;
    },
    add(update) {
      if (numAdded === maxContributors) {
        throw new SchemeError('sum-full', `the sum already has ${maxContributors} updates`);
      }
      check(update);
      engine.run(() => {
        sum.forEach((total, i) => {
          if (numAdded === 0) {
            total.loadFromArray(context.sealContext, part(update, i));
          } else {
            arriving.loadFromArray(context.sealContext, part(update, i));
            evaluator.addInplace(total, arriving);
          }
        });
      });
      numAdded++;
    },
    result() {
      if (numAdded === 0) throw new SchemeError('empty-sum', 'nothing was added');
      return engine.run(() => {
        const bytes = new Uint8Array(sumBytes);
        let offset = 0;
        for (const total of sum) {
          const saved: Uint8Array = total.saveToArray(seal.ComprModeType.none);
          bytes.set(saved, offset);
          offset += saved.length;
        }
        return bytes;
      });
    },
    reset() {
      numAdded = 0;
    },
    dispose() {
      if (engine.broken) return;
      deleteAll(...sum, arriving, evaluator);
    },
  };
}
