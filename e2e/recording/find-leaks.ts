// Looks for secrets in what was recorded: as bytes, and as text in the usual encodings.
import { deflateSync } from 'node:zlib';
import type { Flattened } from './recorders.ts';

const WINDOW_BYTES = 16; // a chance match of 128 bits does not happen
const WINDOWS_PER_SECRET = 64;
/** Longer secrets would not be written as text in one piece; their bytes are looked for. */
const LONGEST_TEXT_SECRET_BYTES = 128;

/** One sentence for each secret that was found, with its length and where it was. */
export function findLeaks(secrets: readonly Uint8Array[], recorded: Flattened): string[] {
  const haystacks = recorded.bytes.map((bytes) => Buffer.from(bytes));
  const leaks: string[] = [];
  for (const secret of secrets) {
    const found = windowsOf(secret).some((needle) =>
      haystacks.some((haystack) => haystack.includes(needle)),
    );
    if (found) leaks.push(`bytes of a secret of ${secret.byteLength} bytes`);
    const texts = encodingsOf(secret);
    const written = recorded.strings.find((text) => texts.some((needle) => text.includes(needle)));
    if (written !== undefined) leaks.push(`a secret of ${secret.byteLength} bytes as text`);
  }
  return leaks;
}

/** Deflated size over size, in (0, 1]: near 1 for ciphertext, less for quantised weights. */
export function incompressibility(bytes: Uint8Array): number {
  return Math.min(1, deflateSync(bytes, { level: 9 }).byteLength / bytes.byteLength);
}

/** Stretches of the secret, spread over it, that say something (a run of zeros is in everything). */
function windowsOf(secret: Uint8Array): Buffer[] {
  const last = secret.byteLength - WINDOW_BYTES;
  if (last < 0) return [];
  const starts = new Set(
    Array.from({ length: WINDOWS_PER_SECRET }, (_, i) =>
      Math.round((i * last) / (WINDOWS_PER_SECRET - 1)),
    ),
  );
  return [...starts]
    .map((start) => Buffer.from(secret.subarray(start, start + WINDOW_BYTES)))
    .filter((window) => new Set(window).size >= WINDOW_BYTES / 2);
}

function encodingsOf(secret: Uint8Array): string[] {
  if (secret.byteLength < WINDOW_BYTES || secret.byteLength > LONGEST_TEXT_SECRET_BYTES) return [];
  const buffer = Buffer.from(secret);
  return [
    buffer.toString('hex'),
    buffer.toString('base64').replace(/=+$/, ''),
    buffer.toString('base64url'),
  ];
}
