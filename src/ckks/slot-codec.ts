// Between packed words and SEAL's plaintexts. BGV carries words as they are, modulo t. CKKS carries
// them centred around 0, which halves the largest coefficient, and is approximate: what comes out is
// rounded here to the integer it must be, because the rounding noise of a CKKS decryption gives the
// key away (Li & Micciancio 2020, eprint 2020/1533). Unrounded values never leave this file.
import type { Plaintext } from 'node-seal';
import { constantWord, readUint64, writeUint64, type Packing } from '../core/encryption/packing.ts';
import { middleLevel, radixOf, ROUNDING_TOLERANCE } from '../core/encryption/parameters.ts';
import { SchemeError, type SchemeParameters } from '../core/encryption/scheme.ts';
import type { SchemeContext } from './context.ts';
import { deleteAll } from './engine.ts';

export interface SlotCodec {
  /** Writes `words` [numSlots] into `plain`; `words` may be overwritten. */
  encode(words: Float64Array, plain: Plaintext): void;
  /** Reads the sum of `numContributors` words a slot. Throws SchemeError `bad-sum`. */
  decode(plain: Plaintext, words: Float64Array, numContributors: number): void;
  dispose(): void;
}

/** Places without a value hold the middle level, which is 0 once centred. */
export function packingOf(parameters: SchemeParameters): Packing {
  return {
    radix: radixOf(parameters),
    valuesPerSlot: parameters.valuesPerSlot,
    fill: middleLevel(parameters),
  };
}

export function createSlotCodec(context: SchemeContext): SlotCodec {
  return context.parameters.name === 'bgv' ? exactCodec(context) : roundingCodec(context);
}

function exactCodec({ engine, sealContext, parameters }: SchemeContext): SlotCodec {
  const encoder = engine.run(() => new engine.seal.BatchEncoder(sealContext));
  const integers = new BigUint64Array(parameters.numSlots);
  return {
    encode(words, plain) {
      writeUint64(words, integers);
      encoder.encode(integers, plain);
    },
    decode(plain, words) {
      readUint64(encoder.decodeBigUint64(plain) as BigUint64Array, words);
    },
    dispose: () => deleteAll(encoder),
  };
}

function roundingCodec({ engine, sealContext, parameters }: SchemeContext): SlotCodec {
  const encoder = engine.run(() => new engine.seal.CKKSEncoder(sealContext));
  const scale = 2 ** parameters.scaleBits!;
  const packing = packingOf(parameters);
  const centre = constantWord(packing, packing.fill);
  return {
    encode(words, plain) {
      shift(words, -centre);
      encoder.encode(words, scale, plain);
    },
    decode(plain, words, numContributors) {
      roundSlots(encoder.decodeFloat64(plain), words);
      shift(words, numContributors * centre);
    },
    dispose: () => deleteAll(encoder),
  };
}

// The loops stand by themselves: compiled once, they serve every codec after.

function shift(words: Float64Array, by: number): void {
  for (let s = 0; s < words.length; s++) words[s]! += by;
}

function roundSlots(slots: Float64Array, words: Float64Array): void {
  for (let s = 0; s < words.length; s++) {
    const integer = Math.round(slots[s]!);
    if (!(Math.abs(slots[s]! - integer) <= ROUNDING_TOLERANCE)) {
      throw new SchemeError('bad-sum', 'the sum does not decrypt to whole numbers');
    }
    words[s] = integer;
  }
}
