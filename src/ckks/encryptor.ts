// A client's side of sending: packs integers, encodes and encrypts them, one ciphertext after the
// other. Symmetric encryption sends the seed of its random half, which saves half of the bytes. SEAL's
// headers stay here: what leaves has the layout of core/encryption/wire-layout.ts.
import type { Encryptor as SealEncryptor } from 'node-seal';
import { packWords } from '../core/encryption/packing.ts';
import { SchemeError, type Encryptor } from '../core/encryption/scheme.ts';
import { SEED_BYTES, wireLayout } from '../core/encryption/wire-layout.ts';
import type { SchemeContext } from './context.ts';
import { deleteAll } from './engine.ts';
import { CIPHERTEXT_HEADER_BYTES } from './seal-layout.ts';
import { createSlotCodec, packingOf } from './slot-codec.ts';

/** Takes over `sealEncryptor`. */
export function createEncryptor(context: SchemeContext, sealEncryptor: SealEncryptor): Encryptor {
  const { engine, parameters } = context;
  const { seal } = engine;
  const { numParameters, numCiphertexts, numSlots, levels, updateBytes, keyKind } = parameters;
  const packing = packingOf(parameters);
  const codec = createSlotCodec(context);
  const plain = engine.run(() => new seal.Plaintext());
  const slots = new Float64Array(numSlots);
  const { ciphertextBytes, wordBytes, isSeeded } = wireLayout(parameters);

  return {
    encrypt(values) {
      if (values.length !== numParameters) {
        throw new SchemeError('bad-values', `${numParameters} values are needed`);
      }
      const update = new Uint8Array(updateBytes);
      for (let i = 0; i < numCiphertexts; i++) {
        packWords(values, i * numSlots * packing.valuesPerSlot, slots, packing, levels);
        engine.run(() => {
          codec.encode(slots, plain);
          const encrypted =
            keyKind === 'symmetric'
              ? sealEncryptor.encryptSymmetricSerializable(plain)
              : sealEncryptor.encryptSerializable(plain);
          const saved: Uint8Array = encrypted.saveToArray(seal.ComprModeType.none);
          const words = saved.subarray(CIPHERTEXT_HEADER_BYTES);
          update.set(words.subarray(0, ciphertextBytes), i * ciphertextBytes);
          if (isSeeded) update.set(saved.subarray(-SEED_BYTES), wordBytes + i * SEED_BYTES);
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
