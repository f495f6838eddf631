import { describe, expect, test } from 'vitest';
import {
  importFederationSecret,
  open,
  seal,
  SEAL_OVERHEAD_BYTES,
  weightsSha256,
  type SealPurpose,
} from './sealing.ts';

const secretOf = (fill: number) => importFederationSecret(new Uint8Array(32).fill(fill));
const message = Uint8Array.from({ length: 1000 }, (_, i) => (i * 7) & 255);
const place = { runId: 'run-1', index: 3 };

describe('sealing', () => {
  test('what was sealed opens again, and only its length shows', async () => {
    const secret = await secretOf(1);
    for (const purpose of ['keys', 'weights'] as const) {
      const sealed = await seal(secret, purpose, place, message);
      expect(sealed.length).toBe(message.length + SEAL_OVERHEAD_BYTES);
      expect(await open(secret, purpose, place, sealed)).toEqual(message);
    }
    const empty = await seal(secret, 'keys', place, new Uint8Array(0));
    expect(await open(secret, 'keys', place, empty)).toEqual(new Uint8Array(0));
  });

  test('sealing the same bytes twice gives different bytes', async () => {
    const secret = await secretOf(1);
    const [a, b] = [
      await seal(secret, 'keys', place, message),
      await seal(secret, 'keys', place, message),
    ];
    expect(a.slice(0, 12)).not.toEqual(b.slice(0, 12));
    expect(a.slice(12)).not.toEqual(b.slice(12));
  });

  test('another federation, purpose, run or round cannot open it', async () => {
    const secret = await secretOf(1);
    const sealed = await seal(secret, 'keys', place, message);
    const attempts: [number, SealPurpose, string, number][] = [
      [2, 'keys', 'run-1', 3],
      [1, 'weights', 'run-1', 3],
      [1, 'keys', 'run-2', 3],
      [1, 'keys', 'run-1', 4],
    ];
    for (const [fill, purpose, runId, index] of attempts) {
      const opening = open(await secretOf(fill), purpose, { runId, index }, sealed);
      await expect(opening).rejects.toMatchObject({ name: 'SealError', code: 'cannot-open' });
    }
  });

  test('changed, cut or lengthened bytes do not open', async () => {
    const secret = await secretOf(1);
    const sealed = await seal(secret, 'weights', place, message);
    const flipped = [0, 11, 12, 500, sealed.length - 1].map((at) =>
      sealed.map((byte, i) => (i === at ? byte ^ 1 : byte)),
    );
    const longer = new Uint8Array(sealed.length + 1);
    longer.set(sealed);
    const others = [sealed.slice(0, -1), sealed.slice(0, 27), new Uint8Array(0), longer];
    for (const bytes of [...flipped, ...others]) {
      await expect(open(secret, 'weights', place, bytes)).rejects.toMatchObject({
        code: 'cannot-open',
      });
    }
  });

  test('a secret needs 256 bits and cannot be read back', async () => {
    await expect(importFederationSecret(new Uint8Array(31))).rejects.toMatchObject({
      code: 'bad-secret',
    });
    const { hkdfKey } = await secretOf(1);
    expect(hkdfKey.extractable).toBe(false);
  });

  test('the key is HKDF-SHA-256 of the secret for this purpose, run and index', async () => {
    // An independent reading of RFC 5869: extract with an empty salt, then one block of expand.
    const hmac = async (key: Uint8Array<ArrayBuffer>, data: Uint8Array<ArrayBuffer>) => {
      const hash = { name: 'HMAC', hash: 'SHA-256' };
      const imported = await crypto.subtle.importKey('raw', key, hash, false, ['sign']);
      return new Uint8Array(await crypto.subtle.sign('HMAC', imported, data));
    };
    const info = new TextEncoder().encode('["roundtable",1,"weights","run-1",3]');
    const extracted = await hmac(new Uint8Array(32), new Uint8Array(32).fill(9));
    const derived = await hmac(extracted, Uint8Array.from([...info, 1]));
    const sealed = await seal(await secretOf(9), 'weights', place, message);
    const key = await crypto.subtle.importKey('raw', derived, 'AES-GCM', false, ['decrypt']);
    const opened = await crypto.subtle.decrypt(
      { name: 'AES-GCM', iv: sealed.slice(0, 12), additionalData: info },
      key,
      sealed.slice(12),
    );
    expect(new Uint8Array(opened)).toEqual(message);
  });

  test('weights hash as their little-endian bytes', async () => {
    // sha256sum of the bytes 00 00 80 3f 00 00 00 c0
    expect(await weightsSha256(Float32Array.of(1, -2))).toBe(
      'ee4ac73c2bd27756ab82780f27c73a7bc4d3f0bb6acb37e008bc27eccd7e588b',
    );
    const part = new Float32Array([9, 1, -2, 9]).subarray(1, 3);
    expect(await weightsSha256(part)).toBe(await weightsSha256(Float32Array.of(1, -2)));
  });
});
