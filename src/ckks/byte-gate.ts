// Reads every byte that comes from another party before WASM sees it. SEAL's own loading is not
// enough: it throws (and an exception costs WASM stack), allocates what a compressed header claims,
// and accepts appended bytes. After this gate loading cannot fail. There is no integrity here: a
// changed coefficient passes and changes values; channels and sealed keys bring their own.
// Format: SEAL 4.1 serialization, mode `none`, little-endian (native/src/seal/{serialization,
// ciphertext,secretkey,dynarray}.cpp).
import { CIPHERTEXT_HEADER_BYTES, SEED_BYTES } from '../core/encryption/parameters.ts';

/** What a ciphertext or key of a scheme's parameters must look like. */
export interface PolynomialShape {
  /** [32] hash of the parameters at the level of the object. */
  readonly parmsId: Uint8Array;
  readonly ringDegree: number;
  /** The primes of that level, each as its high and low 32 bits. */
  readonly primes: readonly { readonly high: number; readonly low: number }[];
}

export interface CiphertextShape extends PolynomialShape {
  readonly scale: number;
  /** The second polynomial is sent as a seed. */
  readonly seeded: boolean;
}

/** Magic number, header of 16 bytes, version 4.1, no compression, reserved: SEAL's first 8 bytes. */
const HEADER = [0x5e, 0xa1, 0x10, 0x04, 0x01, 0x00, 0x00, 0x00];
const KEY_HEADER_BYTES = 88;
const BLAKE2XB = 1; // SEAL's prng_type of a seed

export function ciphertextBytes(shape: CiphertextShape): number {
  const polynomialBytes = 8 * shape.ringDegree * shape.primes.length;
  return (
    CIPHERTEXT_HEADER_BYTES + (shape.seeded ? polynomialBytes + SEED_BYTES : 2 * polynomialBytes)
  );
}

function keyBytes(shape: PolynomialShape): number {
  return KEY_HEADER_BYTES + 8 * shape.ringDegree * shape.primes.length;
}

/** Why `bytes` is not a ciphertext of this shape, or null when it is one. */
export function ciphertextProblem(bytes: Uint8Array, shape: CiphertextShape): string | null {
  const { ringDegree, primes, seeded } = shape;
  const length = ciphertextBytes(shape);
  if (bytes.length !== length) return 'wrong length';
  const view = viewOf(bytes);
  const numWords = ringDegree * primes.length;
  const numStored = seeded ? numWords : 2 * numWords;
  if (!isHeader(bytes, view, 0, length)) return 'wrong header';
  if (!isSame(bytes, 16, shape.parmsId)) return 'other encryption parameters';
  const fits =
    bytes[48] === 1 && // NTT form
    isUint64(view, 49, 2) &&
    isUint64(view, 57, ringDegree) &&
    isUint64(view, 65, primes.length) &&
    view.getFloat64(73, true) === shape.scale &&
    isUint64(view, 81, 1); // BGV's correction factor, 1 without multiplications
  if (!fits) return 'wrong shape';
  if (!isHeader(bytes, view, 89, 24 + 8 * numStored)) return 'wrong inner header';
  if (!isUint64(view, 105, numStored)) return 'wrong number of coefficients';
  if (!areReduced(view, CIPHERTEXT_HEADER_BYTES, shape)) return 'a coefficient is too large';
  if (seeded) {
    const seed = CIPHERTEXT_HEADER_BYTES + 8 * numWords;
    if (!isHeader(bytes, view, seed, SEED_BYTES)) return 'wrong seed header';
    return bytes[seed + 16] === BLAKE2XB ? null : 'unknown kind of seed';
  }
  const second = CIPHERTEXT_HEADER_BYTES + 8 * numWords;
  if (!areReduced(view, second, shape)) return 'a coefficient is too large';
  // SEAL refuses to compute with a ciphertext that hides nothing.
  return bytes.subarray(second).some((byte) => byte !== 0) ? null : 'not encrypted';
}

/** Bytes that pass for a ciphertext of this shape: every stored coefficient is 1, a seed is all 0. */
export function madeUpCiphertext(shape: CiphertextShape): Uint8Array<ArrayBuffer> {
  const { ringDegree, primes, scale, seeded } = shape;
  const bytes = new Uint8Array(ciphertextBytes(shape));
  const view = viewOf(bytes);
  const numWords = ringDegree * primes.length;
  const numStored = seeded ? numWords : 2 * numWords;
  writeHeader(bytes, view, 0, bytes.length);
  bytes.set(shape.parmsId, 16);
  bytes[48] = 1;
  view.setUint32(49, 2, true);
  view.setUint32(57, ringDegree, true);
  view.setUint32(65, primes.length, true);
  view.setFloat64(73, scale, true);
  view.setUint32(81, 1, true);
  writeHeader(bytes, view, 89, 24 + 8 * numStored);
  view.setUint32(105, numStored, true);
  const end = CIPHERTEXT_HEADER_BYTES + 8 * numStored;
  for (let at = CIPHERTEXT_HEADER_BYTES; at < end; at += 8) bytes[at] = 1;
  if (seeded) {
    writeHeader(bytes, view, end, SEED_BYTES);
    bytes[end + 16] = BLAKE2XB;
  }
  return bytes;
}

/** Why `bytes` is not a key polynomial of this shape, or null when it is one. */
export function keyProblem(bytes: Uint8Array, shape: PolynomialShape): string | null {
  const length = keyBytes(shape);
  if (bytes.length !== length) return 'wrong length';
  const view = viewOf(bytes);
  const numWords = shape.ringDegree * shape.primes.length;
  if (!isHeader(bytes, view, 0, length)) return 'wrong header';
  if (!isSame(bytes, 16, shape.parmsId)) return 'other encryption parameters';
  if (!isUint64(view, 48, numWords) || view.getFloat64(56, true) !== 1) return 'wrong shape';
  if (!isHeader(bytes, view, 64, 24 + 8 * numWords)) return 'wrong inner header';
  if (!isUint64(view, 80, numWords)) return 'wrong number of coefficients';
  return areReduced(view, KEY_HEADER_BYTES, shape) ? null : 'a coefficient is too large';
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function isHeader(bytes: Uint8Array, view: DataView, at: number, size: number): boolean {
  return HEADER.every((byte, i) => bytes[at + i] === byte) && isUint64(view, at + 8, size);
}

function writeHeader(bytes: Uint8Array, view: DataView, at: number, size: number): void {
  bytes.set(HEADER, at);
  view.setUint32(at + 8, size, true);
}

function isUint64(view: DataView, at: number, value: number): boolean {
  return view.getUint32(at, true) === value && view.getUint32(at + 4, true) === 0;
}

function isSame(bytes: Uint8Array, at: number, expected: Uint8Array): boolean {
  return expected.every((byte, i) => bytes[at + i] === byte);
}

/** One polynomial: ringDegree coefficients below each prime in turn. */
function areReduced(view: DataView, at: number, { ringDegree, primes }: PolynomialShape): boolean {
  let offset = at;
  for (const { high, low } of primes) {
    for (const end = offset + 8 * ringDegree; offset < end; offset += 8) {
      const top = view.getUint32(offset + 4, true);
      if (top > high || (top === high && view.getUint32(offset, true) >= low)) return false;
    }
  }
  return true;
}
