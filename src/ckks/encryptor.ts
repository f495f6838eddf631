// A client's side of sending: packs integers, encodes and encrypts them, one ciphertext after the
// other. Symmetric encryption sends the seed of its random half, which saves half of the bytes.
import type { Encryptor as SealEncryptor } from 'node-seal';
import { packWords } from '../core/encryption/packing.ts';
import { SchemeError, type Encryptor } from '../core/encryption/scheme.ts';
import type { SchemeContext } from './context.ts';
import { deleteAll } from './engine.ts';
import { ciphertextBytes } from './seal-layout.ts';
import { createSlotCodec, packingOf } from './slot-codec.ts';

/** Takes over `sealEncryptor`. */
export function createEncryptor(context: SchemeContext, sealEncryptor: SealEncryptor): Encryptor {
  const { engine, parameters } = context;
  const { seal } = engine;
  const { numParameters, numCiphertexts, numSlots, levels, updateBytes, keyKind } = parameters;
  const packing = packingOf(parameters);
  const codec = createSlotCodec(context);
  const plain = engine.run(() => new seal.Plaintext());
  const words = new Float64Array(numSlots);
  const partBytes = ciphertextBytes(context.update);

  return {
    encrypt(values) {
      if (values.length !== numParameters) {
        throw new SchemeError('bad-values', `${numParameters} values are needed`);
      }
      const update = new Uint8Array(updateBytes);
      for (let i = 0; i < numCiphertexts; i++) {
        packWords(values, i * numSlots * packing.valuesPerSlot, words, packing, levels);
        engine.run(() => {
          codec.encode(words, plain);
          const encrypted =
            keyKind === 'symmetric'
              ? sealEncryptor.encryptSymmetricSerializable(plain)
              : sealEncryptor.encryptSerializable(plain);
          update.set(encrypted.saveToArray(seal.ComprModeType.none), i * partBytes);
          encrypted.delete();
        });
      }
      return update;
    },
    dispose() {
      if (engine.broken) return;
      codec.dispose();
      deleteAll(plain, sealEncryptor);
    },
  };
}
