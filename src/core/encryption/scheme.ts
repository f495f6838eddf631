// What the protocol needs from an encryption scheme: exact sums of integer vectors under one key.
// Four implementations, one conformance suite: `ckks` (default), `bgv`, `notebook`, `plaintext`.
// Every scheme carries integers u in [0, levels-1]; even the approximate CKKS is rounded to the
// integer it must be before anything uses the result, because raw CKKS decryptions leak the secret
// key (Li & Micciancio 2020, eprint 2020/1533).
import { CodedError } from '../errors/coded-error.ts';

export const schemeNames = ['ckks', 'bgv', 'notebook', 'plaintext'] as const;
export type SchemeName = (typeof schemeNames)[number];

/** Everything that both ends must agree on, chosen in code from the cohort's size. */
export interface SchemeParameters {
  readonly name: SchemeName;
  readonly numParameters: number;
  /** K: the most updates that may be added into one sum. */
  readonly maxContributors: number;
  /** L: an update's integers lie in [0, L-1]; odd, so that (L-1)/2 stands for exactly 0. */
  readonly levels: number;
  /** Integers packed into one slot by radix R = K(L-1)+1. */
  readonly valuesPerSlot: number;
  /** Slots of one ciphertext. */
  readonly numSlots: number;
  readonly numCiphertexts: number;
  /** N, 0 for plaintext. */
  readonly ringDegree: number;
  /** Bits of each prime of the coefficient modulus; the last of several is the special prime. */
  readonly coeffModulusBits: readonly number[];
  /** CKKS: log2 of the scale; otherwise null. */
  readonly scaleBits: number | null;
  /** BGV: bits of the plain modulus t; otherwise null. */
  readonly plainModulusBits: number | null;
  /** Bits of classical security by the homomorphic encryption standard's tables; 0 for plaintext. */
  readonly securityBits: 0 | 128 | 192 | 256;
  readonly keyKind: 'none' | 'symmetric' | 'public';
  /** Exact bytes of one update on the wire; those of a sum depend on its contributors (wire-layout.ts). */
  readonly updateBytes: number;
  /** Probability that a sum of K updates decrypts to a wrong integer anywhere (an upper bound). */
  readonly failureBound: number;
  /** The margin in words and numbers for the dashboard, e.g. "0.5 is 49.6 standard deviations of the slot noise". */
  readonly marginText: string;
}

/** A client's side of sending. Owns WASM memory: call dispose(). */
export interface Encryptor {
  /** `values` [numParameters], integers in [0, levels-1]. Returns exactly `updateBytes` bytes. */
  encrypt(values: Int32Array): Uint8Array<ArrayBuffer>;
  dispose(): void;
}

/** The server's side: one running sum, without any key. The order of additions cannot change a bit. */
export interface Summer {
  readonly numAdded: number;
  /**
   * Throws SchemeError, the sum unchanged: `bad-update` when the bytes are not an update of these
   * parameters, `duplicate-seat` when this seat's is in the sum already, `sum-full` beyond K.
   */
  add(update: Uint8Array, seat: number): void;
  /** Exactly `sumBytes` of `numAdded`. Throws SchemeError `empty-sum` when nothing was added. */
  result(): Uint8Array<ArrayBuffer>;
}

/** A client's side of opening a sum. */
export interface Decryptor {
  /** The exact sums [numParameters] of `numContributors` updates. Throws SchemeError `bad-sum`. */
  decryptSum(sum: Uint8Array, numContributors: number): Float64Array<ArrayBuffer>;
  dispose(): void;
}

export type SchemeErrorCode =
  | 'bad-update'
  | 'bad-sum'
  | 'bad-key'
  | 'bad-values'
  | 'sum-full'
  | 'duplicate-seat'
  | 'empty-sum'
  /** A C++ exception crossed from WASM: the instance must be thrown away. */
  | 'engine-broken';

export class SchemeError extends CodedError<SchemeErrorCode> {
  override readonly name = 'SchemeError';
}

/** What a client can do with a scheme; ckks/ and the plaintext scheme each provide one. */
export interface ClientScheme {
  readonly parameters: SchemeParameters;
  /** Fresh key material, serialised; empty for plaintext. To be sealed before it leaves the client. */
  generateKeys(): Uint8Array<ArrayBuffer>;
  /** Throws SchemeError `bad-key`. */
  open(keys: Uint8Array): { readonly encryptor: Encryptor; readonly decryptor: Decryptor };
}

export const MAX_PAYLOAD_BYTES = 256 * 1024 * 1024;
