// Seals what clients hand to each other through the server: key material and global weights. The
// server stores and forwards it and cannot read it, because it never has the federation's secret.
// Keys: HKDF-SHA-256 (RFC 5869) from the secret, one for each purpose and epoch, or run and round, so
// that sealed bytes cannot be passed off as another run's or round's. Cipher: AES-256-GCM with a
// random 96-bit IV (NIST SP 800-38D), whose limit of 2^32 messages a key is never near.
import { CodedError } from '../core/errors/coded-error.ts';

/** A federation's secret, not extractable. Two secrets are two federations: keys bind to it by derivation. */
export interface FederationSecret {
  readonly hkdfKey: CryptoKey;
}

export type SealPurpose = 'keys' | 'weights';

export interface SealContext {
  /** The run for `weights`; keys are the federation's and serve run after run: null. */
  readonly runId: string | null;
  /** Key epoch for `keys`, round for `weights`. */
  readonly index: number;
}

export type SealErrorCode = 'bad-secret' | 'cannot-open';

class SealError extends CodedError<SealErrorCode> {
  override readonly name = 'SealError';
}

const FEDERATION_SECRET_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;
/** What sealing adds to a message. */
export const SEAL_OVERHEAD_BYTES = IV_BYTES + TAG_BYTES;

/** Throws SealError `bad-secret` unless there are 256 bits of it. */
export async function importFederationSecret(
  bytes: Uint8Array<ArrayBuffer>,
): Promise<FederationSecret> {
  if (bytes.length !== FEDERATION_SECRET_BYTES) {
    throw new SealError('bad-secret', `a federation's secret has ${FEDERATION_SECRET_BYTES} bytes`);
  }
  return { hkdfKey: await crypto.subtle.importKey('raw', bytes, 'HKDF', false, ['deriveKey']) };
}

/** IV, ciphertext and tag: SEAL_OVERHEAD_BYTES more than `plaintext`, which is left as it is. */
export async function seal(
  secret: FederationSecret,
  purpose: SealPurpose,
  context: SealContext,
  plaintext: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  const binding = bindingOf(purpose, context);
  const key = await deriveKey(secret, binding);
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const algorithm = { name: 'AES-GCM', iv, additionalData: binding, tagLength: 8 * TAG_BYTES };
  const encrypted = await crypto.subtle.encrypt(algorithm, key, plaintext);
  const sealed = new Uint8Array(IV_BYTES + encrypted.byteLength);
  sealed.set(iv);
  sealed.set(new Uint8Array(encrypted), IV_BYTES);
  return sealed;
}

/** Throws SealError `cannot-open` when the bytes were changed or sealed for anything else. */
export async function open(
  secret: FederationSecret,
  purpose: SealPurpose,
  context: SealContext,
  sealed: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  if (sealed.length < SEAL_OVERHEAD_BYTES) throw cannotOpen(purpose);
  const binding = bindingOf(purpose, context);
  const key = await deriveKey(secret, binding);
  const iv = sealed.subarray(0, IV_BYTES);
  const algorithm = { name: 'AES-GCM', iv, additionalData: binding, tagLength: 8 * TAG_BYTES };
  try {
    return new Uint8Array(await crypto.subtle.decrypt(algorithm, key, sealed.subarray(IV_BYTES)));
  } catch {
    throw cannotOpen(purpose);
  }
}

/** SHA-256 of the weights' little-endian float32 bytes, in hexadecimal. */
export async function weightsSha256(weights: Float32Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', weights));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The words that a sealed message belongs to; JSON keeps them apart whatever they contain. */
function bindingOf(purpose: SealPurpose, { runId, index }: SealContext): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(['roundtable', 1, purpose, runId, index]));
}

function deriveKey(
  { hkdfKey }: FederationSecret,
  info: Uint8Array<ArrayBuffer>,
): Promise<CryptoKey> {
  // No salt: the secret is uniformly random already (RFC 5869, 3.1).
  const derivation = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(0), info };
  const aes = { name: 'AES-GCM', length: 256 };
  return crypto.subtle.deriveKey(derivation, hkdfKey, aes, false, ['encrypt', 'decrypt']);
}

function cannotOpen(purpose: SealPurpose): SealError {
  return new SealError(
    'cannot-open',
    `sealed ${purpose} do not open: another federation's, run's or round's, or damaged`,
  );
}
