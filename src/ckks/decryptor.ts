// The only file that sees a secret key: makes it, opens it, and decrypts sums with it. What leaves
// are sums of whole numbers, never a raw decryption. Keys travel as SEAL's serialised secret key,
// sealed by the client before they leave it (src/client/sealing.ts).
import type { SecretKey, Encryptor as SealEncryptor } from 'node-seal';
import { unpackWords } from '../core/encryption/packing.ts';
import { SchemeError, type Decryptor } from '../core/encryption/scheme.ts';
import { keyProblem } from './key-gate.ts';
import type { SchemeContext } from './context.ts';
import { deleteAll } from './engine.ts';
import { createSlotCodec, packingOf } from './slot-codec.ts';
import { createSumLoader } from './sum-loader.ts';

/** A fresh secret key, serialised. Its randomness is the platform's (crypto.getRandomValues). */
export function generateSecretKey({ engine, sealContext }: SchemeContext): Uint8Array<ArrayBuffer> {
  return engine.run(() => {
    const generator = new engine.seal.KeyGenerator(sealContext);
    const secretKey = generator.secretKey();
    const saved: Uint8Array = secretKey.saveToArray(engine.seal.ComprModeType.none);
    deleteAll(secretKey, generator);
    return new Uint8Array(saved);
  });
}

export interface OpenedKeys {
  /** Owned by whoever takes it. */
  readonly sealEncryptor: SealEncryptor;
  readonly decryptor: Decryptor;
}

/** Throws SchemeError `bad-key` when `keys` is not a secret key of these parameters. */
export function openSecretKey(context: SchemeContext, keys: Uint8Array): OpenedKeys {
  const problem = keyProblem(keys, context.key);
  if (problem !== null) throw new SchemeError('bad-key', `not a key of this scheme: ${problem}`);
  const { engine, sealContext } = context;
  const { seal } = engine;
  return engine.run(() => {
    const secretKey = new seal.SecretKey();
    secretKey.loadFromArray(sealContext, keys);
    // SEAL's Encryptor insists on a public key, also where only the symmetric one is used.
    const generator = new seal.KeyGenerator(sealContext, secretKey);
    const publicKey = generator.createPublicKey();
    const sealEncryptor = new seal.Encryptor(sealContext, publicKey, secretKey);
    const decryptor = createDecryptor(context, secretKey);
    deleteAll(publicKey, generator, secretKey); // both sides have copied what they need
    return { sealEncryptor, decryptor };
  });
}

function createDecryptor(context: SchemeContext, secretKey: SecretKey): Decryptor {
  const { engine, sealContext, parameters } = context;
  const { seal } = engine;
  const { numParameters, numCiphertexts, numSlots, levels, maxContributors } = parameters;
  const packing = packingOf(parameters);
  const codec = createSlotCodec(context);
  const sealDecryptor = new seal.Decryptor(sealContext, secretKey);
  const loader = createSumLoader(context);
  const plain = new seal.Plaintext();
  const words = new Float64Array(numSlots);

  return {
    decryptSum(sum, numContributors) {
      if (!(Number.isInteger(numContributors) && numContributors >= 1)) {
        throw new SchemeError('bad-sum', 'a sum has at least one contributor');
      }
      if (numContributors > maxContributors) {
        throw new SchemeError('bad-sum', `a sum has at most ${maxContributors} contributors`);
      }
      loader.check(sum, numContributors);
      const sums = new Float64Array(numParameters);
      for (let i = 0; i < numCiphertexts; i++) {
        const cipher = loader.load(sum, numContributors, i);
        engine.run(() => {
          sealDecryptor.decrypt(cipher, plain);
          codec.decode(plain, words, numContributors);
        });
        unpackWords(
          words,
          sums,
          i * numSlots * packing.valuesPerSlot,
          packing,
          numContributors * (levels - 1),
          numContributors * packing.fill,
        );
      }
      return sums;
    },
    dispose() {
      if (engine.broken) return;
      codec.dispose();
      loader.dispose();
      deleteAll(plain, sealDecryptor);
    },
  };
}
