// The core's addition and the client's rebuilding against SEAL's own: every word and byte of what SEAL adds
// up from the same ciphertexts, whole, with Evaluator.addInplace.
import { beforeAll, describe, expect, test } from 'vitest';
import { createSummer } from '../core/encryption/create-summer.ts';
import { chooseParameters } from '../core/encryption/parameters.ts';
import type { SchemeName, SchemeParameters } from '../core/encryption/scheme.ts';
import { SEED_BYTES, wireLayout } from '../core/encryption/wire-layout.ts';
import { createRandom, type Random } from '../core/math/random.ts';
import { createCiphertextFrame } from './ciphertext-frame.ts';
import { createClientScheme } from './client-scheme.ts';
import { contextFor, type SchemeContext } from './context.ts';
import { acquireEngine, deleteAll } from './engine.ts';
import { ciphertextBytes } from './seal-layout.ts';
import { createSlotCodec } from './slot-codec.ts';
import { createSumLoader } from './sum-loader.ts';

const MAX_CONTRIBUTORS = 100;

/** Fills two ciphertexts, the second in part. */
const numParametersOf = (name: SchemeName) =>
  ({ ckks: 7_000, bgv: 14_000, notebook: 5_000, plaintext: 1 })[name];

describe.each(['ckks', 'bgv', 'notebook'] as const)('%s', (name) => {
  let context: SchemeContext;
  let parameters: SchemeParameters;
  const random = createRandom('as SEAL adds', name);

  beforeAll(async () => {
    parameters = chooseParameters(name, numParametersOf(name), MAX_CONTRIBUTORS);
    context = contextFor(await acquireEngine(), parameters);
  });

  test('several ciphertexts are compared', () => {
    expect(parameters.numCiphertexts).toBeGreaterThan(1);
  });

  /** The ciphertexts of an update as SEAL would have saved them. */
  function asSaved(update: Uint8Array): Uint8Array[] {
    const layout = wireLayout(parameters);
    return Array.from({ length: parameters.numCiphertexts }, (_, i) => {
      const frame = createCiphertextFrame(context.update);
      const from = i * layout.ciphertextBytes;
      frame.words.set(update.subarray(from, from + layout.ciphertextBytes));
      const seedAt = layout.wordBytes + i * SEED_BYTES;
      if (layout.isSeeded) frame.seed.set(update.subarray(seedAt, seedAt + SEED_BYTES));
      return frame.bytes;
    });
  }

  /** SEAL's sum of these updates, saved ciphertext by ciphertext: both polynomials in full. */
  function addedBySeal(updates: readonly Uint8Array[]): Uint8Array[] {
    const { engine, sealContext } = context;
    const { seal } = engine;
    return engine.run(() => {
      const evaluator = new seal.Evaluator(sealContext);
      const saved = updates.map(asSaved);
      const sums = Array.from({ length: parameters.numCiphertexts }, (_, i) => {
        const [total, next] = [new seal.Ciphertext(), new seal.Ciphertext()];
        total.loadFromArray(sealContext, saved[0]![i]!);
        for (const ciphertexts of saved.slice(1)) {
          next.loadFromArray(sealContext, ciphertexts[i]!);
          evaluator.addInplace(total, next);
        }
        const bytes: Uint8Array = total.saveToArray(seal.ComprModeType.none);
        deleteAll(total, next);
        return bytes.slice();
      });
      evaluator.delete();
      return sums;
    });
  }

  /** The core's sum, opened as a client does before it decrypts. */
  function addedByCore(updates: readonly Uint8Array[]): Uint8Array[] {
    const summer = createSummer(parameters);
    for (const seat of random.permutation(updates.length)) summer.add(updates[seat]!, seat);
    const sum = summer.result();
    const loader = createSumLoader(context);
    loader.check(sum, updates.length);
    const ciphertexts = Array.from({ length: parameters.numCiphertexts }, (_, i) => {
      const { seal } = context.engine;
      const bytes: Uint8Array = loader
        .load(sum, updates.length, i)
        .saveToArray(seal.ComprModeType.none);
      return bytes.slice();
    });
    loader.dispose();
    return ciphertexts;
  }

  function expectEqual(updates: readonly Uint8Array[]): void {
    const [bySeal, byCore] = [addedBySeal(updates), addedByCore(updates)];
    bySeal.forEach((bytes, i) => {
      expect(bytes.length).toBe(ciphertextBytes({ ...context.update, seeded: false }));
      expect(byCore[i]!.length).toBe(bytes.length);
      expect(byCore[i]!.findIndex((byte, at) => byte !== bytes[at])).toBe(-1);
    });
  }

  test.each([1, 2, 5, MAX_CONTRIBUTORS])('honest updates of %i clients', async (numClients) => {
    const scheme = await createClientScheme(parameters);
    const { encryptor, decryptor } = scheme.open(scheme.generateKeys());
    const updates = Array.from({ length: numClients }, () =>
      encryptor.encrypt(
        new Int32Array(parameters.numParameters).map(() => random.below(parameters.levels)),
      ),
    );
    expectEqual(updates);
    encryptor.dispose();
    decryptor.dispose();
  });

  test.each([1, 2, 5, MAX_CONTRIBUTORS])('words at the edges, %i times', (numClients) => {
    for (const word of [() => 0, () => random.below(4)]) {
      expectEqual(Array.from({ length: numClients }, () => edgeUpdate(parameters, random, word)));
    }
  });

  test('what SEAL writes is what is rebuilt from its words and seed', async () => {
    const { engine, sealContext } = context;
    const { seal } = engine;
    const generator = new seal.KeyGenerator(sealContext);
    const [secretKey, publicKey] = [generator.secretKey(), generator.createPublicKey()];
    const encryptor = new seal.Encryptor(sealContext, publicKey, secretKey);
    const codec = createSlotCodec(context);
    const plain = new seal.Plaintext();
    codec.encode(new Float64Array(parameters.numSlots).fill(3), plain);
    const encrypted = context.update.seeded
      ? encryptor.encryptSymmetricSerializable(plain)
      : encryptor.encryptSerializable(plain);
    const saved: Uint8Array = encrypted.saveToArray(seal.ComprModeType.none);
    const frame = createCiphertextFrame(context.update);
    const wordsAt = frame.words.byteOffset;
    frame.words.set(saved.subarray(wordsAt, wordsAt + frame.words.length));
    if (frame.seed.length > 0) frame.seed.set(saved.subarray(-frame.seed.length));
    expect(frame.bytes.length).toBe(saved.length);
    expect(frame.bytes.findIndex((byte, at) => byte !== saved[at])).toBe(-1);
    codec.dispose();
    deleteAll(encrypted, plain, encryptor, publicKey, secretKey, generator);
  });
});

/** Words by `choice`: q-1, 0, 1 or q-2, with the word's own prime q. */
function edgeUpdate(parameters: SchemeParameters, random: Random, choice: () => number) {
  const { ringDegree, primes, wordBytes } = wireLayout(parameters);
  const update = new Uint8Array(parameters.updateBytes).map(() => random.uint32());
  const words = new BigUint64Array(update.buffer, 0, wordBytes / 8);
  for (let i = 0; i < words.length; i++) {
    const prime = primes[Math.floor(i / ringDegree) % primes.length]!;
    words[i] = [prime - 1n, 0n, 1n, prime - 2n][choice()]!;
  }
  // SEAL refuses a second polynomial that is all 0.
  const polynomialWords = ringDegree * primes.length;
  if (parameters.keyKind === 'public') {
    for (let i = polynomialWords; i < words.length; i += 2 * polynomialWords) words[i] ||= 1n;
  }
  return update;
}
