// SEAL's context for a scheme's parameters, and the shapes of what SEAL loads and saves under it.
import type { ContextData, MainModule, SEALContext } from 'node-seal';
import type { SchemeParameters } from '../core/encryption/scheme.ts';
import { deleteAll, type Engine } from './engine.ts';
import type { CiphertextShape, PolynomialShape } from './seal-layout.ts';

export interface SchemeContext {
  readonly engine: Engine;
  readonly parameters: SchemeParameters;
  readonly sealContext: SEALContext;
  /** One ciphertext of an update, and the polynomial of a key. */
  readonly update: CiphertextShape;
  readonly key: PolynomialShape;
}

/**
 * SEAL's contexts by engine and by what distinguishes them. They are expensive (100 ms for the
 * notebook's) and few, so they live as long as their engine and are shared by all that use it.
 */
const contexts = new WeakMap<Engine, Map<string, SEALContext>>();

/** Throws RangeError when SEAL does not take the parameters as secure (a bug: chooseParameters made them). */
export function contextFor(engine: Engine, parameters: SchemeParameters): SchemeContext {
  return engine.run(() => {
    const sealContext = sealContextFor(engine, parameters);
    const data = shapeOf(sealContext.firstContextData());
    const scale = parameters.scaleBits === null ? 1 : 2 ** parameters.scaleBits;
    return {
      engine,
      parameters,
      sealContext,
      update: { ...data, scale, seeded: parameters.keyKind === 'symmetric' },
      key: shapeOf(sealContext.keyContextData()),
    };
  });
}

function sealContextFor(engine: Engine, parameters: SchemeParameters): SEALContext {
  const known = contexts.get(engine) ?? new Map<string, SEALContext>();
  contexts.set(engine, known);
  const { name, ringDegree, coeffModulusBits, plainModulusBits } = parameters;
  const key = JSON.stringify([name, ringDegree, coeffModulusBits, plainModulusBits]);
  const existing = known.get(key);
  if (existing !== undefined) return existing;
  const made = buildContext(engine.seal, parameters);
  if (!made.parametersSet()) {
    made.delete();
    throw new RangeError(`SEAL refuses the parameters of the scheme ${name}.`);
  }
  known.set(key, made);
  return made;
}

function buildContext(seal: MainModule, parameters: SchemeParameters): SEALContext {
  const { name, ringDegree, coeffModulusBits, plainModulusBits } = parameters;
  const kind = name === 'bgv' ? seal.SchemeType.bgv : seal.SchemeType.ckks;
  const settings = new seal.EncryptionParameters(kind);
  settings.setPolyModulusDegree(ringDegree);
  const moduli = seal.CoeffModulus.Create(ringDegree, Int32Array.from(coeffModulusBits));
  settings.setCoeffModulus(moduli);
  if (plainModulusBits !== null) {
    const plain = seal.PlainModulus.Batching(ringDegree, plainModulusBits);
    settings.setPlainModulus(plain);
    plain.delete();
  }
  // No modulus chain: nothing is ever multiplied. SEAL itself refuses less than 128 bits.
  const sealContext = new seal.SEALContext(settings, false, seal.SecLevelType.tc128);
  deleteAll(settings, moduli);
  return sealContext;
}

/** Takes over `level` and deletes it. */
function shapeOf(level: ContextData): PolynomialShape {
  const parmsId = level.parmsId();
  const settings = level.parms();
  const moduli = settings.coeffModulus();
  const words: BigUint64Array = parmsId.values();
  const primes = Array.from({ length: moduli.size() }, (_, i) => {
    const modulus = moduli.get(i)!;
    const value: bigint = modulus.value();
    modulus.delete();
    return value;
  });
  const shape = {
    parmsId: new Uint8Array(words.slice().buffer),
    ringDegree: settings.polyModulusDegree(),
    primes,
  };
  deleteAll(parmsId, settings, moduli, level);
  return shape;
}
