// Every message of both boundaries and directions goes through the codec and comes back the same; what
// is hostile is refused with a code, quickly and in little memory. The oracle is @msgpack/msgpack, an
// implementation that shares nothing with this one.
import { decode as unpack, encode as pack } from '@msgpack/msgpack';
import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { arbitraryOf } from '../../testing/samples/arbitrary-message.ts';
import { clientMessageSchema } from './client-messages.ts';
import { decode, encode } from './codec.ts';
import { dashboardMessageSchema, serverToDashboardSchema } from './dashboard-messages.ts';
import { dashboardResultSchemas } from './dashboard-results.ts';
import { serverMessageSchema } from './server-messages.ts';

const unions = [
  ['client to server', clientMessageSchema],
  ['server to client', serverMessageSchema],
  ['dashboard to server', dashboardMessageSchema],
  ['server to dashboard', serverToDashboardSchema],
] as const;

/** Each message of the unions with its schema, and each answer with the result that it carries. */
const messages: (readonly [string, v.GenericSchema])[] = [
  ...unions.flatMap(([direction, { options }]) =>
    (options as readonly (v.GenericSchema & { entries: { type: { literal: string } } })[]).map(
      (schema) => [`${direction}: ${schema.entries.type.literal}`, schema] as const,
    ),
  ),
  ...Object.entries(dashboardResultSchemas).map(
    ([command, result]) =>
      [
        `result of ${command}`,
        v.strictObject({
          type: v.literal('answer'),
          requestId: v.number(),
          outcome: v.strictObject({ ok: v.literal(true), result }),
        }),
      ] as const,
  ),
];

function roundTrip(message: object): unknown {
  const decoded = decode(encode(message));
  if (!decoded.ok) throw new Error(decoded.code);
  return decoded.value;
}

/** Vitest's own equality, which tells -0 from 0, NaN from null and a view from an array. */
const same = (a: unknown, b: unknown) => expect(comparable(a)).toStrictEqual(comparable(b));

/** Bytes as text: compared one by one, 70,000 take seconds. */
function comparable(value: unknown): unknown {
  if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString('base64') };
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, comparable(item)]));
}

function byteArraysIn(value: unknown): Uint8Array[] {
  if (value instanceof Uint8Array) return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(byteArraysIn);
}

describe('a message', () => {
  it.each(messages)('comes back as it was: %s', (_name, schema) => {
    const numRuns = 40;
    let numTaken = 0;
    fc.assert(
      fc.property(arbitraryOf(schema), (value) => {
        const message = value as object;
        const before = structuredClone(message);
        const decoded = roundTrip(message);
        same(decoded, before);
        same(message, before);
        same(v.parse(schema, decoded), v.parse(schema, before));
        for (const bytes of byteArraysIn(decoded)) {
          expect(bytes.byteLength).toBe(bytes.buffer.byteLength);
        }
        numTaken++;
      }),
      { numRuns, seed: 1, endOnFailure: true },
    );
    expect(numTaken).toBe(numRuns);
  });

  it('is read by another implementation of MessagePack, and the other way round', () => {
    const anyMessage = fc.oneof(...messages.map(([, schema]) => arbitraryOf(schema)));
    fc.assert(
      fc.property(anyMessage, (value) => {
        const message = value as object;
        same(unpack(encode(message)), structuredClone(message));
        const theirs = decode(pack(message, { ignoreUndefined: true }));
        expect(theirs.ok).toBe(true);
        // It writes -0 as 0: `toEqual` would tell them apart, so it is undone on both sides.
        if (theirs.ok) same(withoutMinusZero(theirs.value), withoutMinusZero(message));
      }),
      { numRuns: 300, seed: 2, endOnFailure: true },
    );
  });

  it.each([
    [0],
    [-0],
    [0.1],
    [NaN],
    [Infinity],
    [-Infinity],
    [Number.MIN_VALUE],
    [Number.MAX_SAFE_INTEGER],
    [Number.MIN_SAFE_INTEGER],
    [2 ** 53],
    ...[7, 8, 15, 16, 31, 32].flatMap((bits) =>
      [2 ** bits - 1, 2 ** bits, -(2 ** bits), -(2 ** bits) - 1].map((number) => [number]),
    ),
    [-32],
    [-33],
    [127],
  ])('keeps the number %s', (number) => {
    same(roundTrip({ number }), { number });
    same(unpack(encode({ number })), { number });
  });

  it.each([0, 1, 15, 16, 31, 32, 255, 256, 65_535, 65_536, 3_000_000])(
    'keeps texts, bytes, arrays and maps of %i',
    (length) => {
      const size = Math.min(length, 70_000);
      const message = {
        bytes: new Uint8Array(length).map((_, i) => i * 31),
        text: 'ä'.repeat(Math.floor(length / 2)) + 'x'.repeat(length % 2),
        array: Array.from({ length: size }, (_, i) => i % 3),
        map: Object.fromEntries(Array.from({ length: size }, (_, i) => [`k${i}`, null])),
      };
      const decoded = roundTrip(message) as typeof message;
      expect(Buffer.compare(decoded.bytes, message.bytes)).toBe(0);
      expect(decoded.text === message.text).toBe(true);
      expect(decoded.array.join() === message.array.join()).toBe(true);
      expect(Object.keys(decoded.map).length).toBe(size);
    },
  );

  it('writes UTF-8 as the platform does, half of a surrogate pair included', () => {
    const texts = fc.string({ unit: 'binary', maxLength: 100 });
    fc.assert(
      fc.property(texts, (text) => {
        const { bytes } = roundTrip({ bytes: new TextEncoder().encode(text) }) as {
          bytes: Uint8Array;
        };
        const decoded = roundTrip({ text }) as { text: string };
        expect(new TextEncoder().encode(decoded.text)).toEqual(bytes);
        expect(decoded.text).toBe(new TextDecoder().decode(bytes));
      }),
      { numRuns: 2000, seed: 3 },
    );
    same(roundTrip({ text: '\ud800x\udc00' }), { text: '\ufffdx\ufffd' });
  });

  it('leaves out what is undefined, and holds nothing that is no data', () => {
    same(roundTrip({ a: undefined, b: 1 }), { b: 1 });
    for (const value of [
      1n,
      Symbol.iterator,
      () => 1,
      new Map(),
      new Date(),
      new Float32Array(1),
    ]) {
      expect(() => encode({ value })).toThrow(TypeError);
    }
    expect(() => encode([undefined])).toThrow(TypeError);
    expect(() => encode(JSON.parse('{"__proto__":1}') as object)).toThrow(TypeError);
    const ring: { ring?: object } = {};
    ring.ring = ring;
    expect(() => encode(ring)).toThrow(RangeError);
  });
});

function withoutMinusZero(value: unknown): unknown {
  if (typeof value === 'number') return value === 0 ? 0 : value;
  if (value instanceof Uint8Array) return value;
  if (Array.isArray(value)) return value.map(withoutMinusZero);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, withoutMinusZero(item)]),
  );
}

describe('hostile bytes', () => {
  const codeOf = (bytes: readonly number[] | Uint8Array) => {
    const decoded = decode(bytes instanceof Uint8Array ? bytes : Uint8Array.from(bytes));
    return decoded.ok ? null : decoded.code;
  };
  const anyMessage = fc.oneof(...messages.map(([, schema]) => arbitraryOf(schema)));

  it('that end early are truncated, wherever they end', () => {
    fc.assert(
      fc.property(anyMessage, fc.double({ min: 0, max: 1, maxExcluded: true }), (value, share) => {
        const bytes = encode(value as object);
        expect(codeOf(bytes.subarray(0, Math.floor(share * bytes.length)))).toBe('truncated');
      }),
      { numRuns: 300, seed: 4 },
    );
  });

  it('that were changed give a value or a code, and never an exception', () => {
    const codes = new Set<string | null>();
    const changes = fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(anyMessage, changes, (value, changed) => {
        const bytes = encode(value as object);
        for (const [at, byte] of changed) bytes[at % bytes.length] = byte;
        codes.add(codeOf(bytes));
      }),
      { numRuns: 3000, seed: 5 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void codes.add(codeOf(bytes))),
      { numRuns: 3000, seed: 6 },
    );
    // The test's own coverage: everything that can be met by chance was met.
    expect([...codes].filter((code) => code !== null).toSorted()).toEqual([
      'bad-key',
      'bad-number',
      'bad-text',
      'trailing-bytes',
      'truncated',
      'unknown-tag',
    ]);
    expect(codes.has(null)).toBe(true);
  });

  it.each([
    ['nothing at all', [], 'truncated'],
    ['two values', [0xc0, 0xc0], 'trailing-bytes'],
    ['the tag that is never used', [0xc1], 'unknown-tag'],
    ['an extension', [0xd4, 0, 0], 'unknown-tag'],
    ['an integer beyond 2 ** 53', [0xcf, 0, 0x20, 0, 0, 0, 0, 0, 0], 'bad-number'],
    ['one below -(2 ** 53)', [0xd3, 0xff, 0xdf, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], 'bad-number'],
    ['a key that is a number', [0x81, 1, 1], 'bad-key'],
    ['a key twice', [0x82, 0xa1, 0x61, 1, 0xa1, 0x61, 2], 'bad-key'],
    ['a key that sets the prototype', [0x81, 0xa9, ...Buffer.from('__proto__'), 0x80], 'bad-key'],
    ['a lone surrogate', [0xa3, 0xed, 0xa0, 0x80], 'bad-text'],
    ['a longer form than needed', [0xa2, 0xc0, 0x80], 'bad-text'],
    ['a longer form of three bytes', [0xa3, 0xe0, 0x9f, 0xbf], 'bad-text'],
    ['a longer form of four bytes', [0xa4, 0xf0, 0x8f, 0xbf, 0xbf], 'bad-text'],
    ['a character beyond the last', [0xa4, 0xf4, 0x90, 0x80, 0x80], 'bad-text'],
    ['half a character', [0xa1, 0xc3], 'bad-text'],
    ['4 GB of bytes, claimed', [0xc6, 0xff, 0xff, 0xff, 0xff], 'truncated'],
    ['4 GB of text, claimed', [0xdb, 0xff, 0xff, 0xff, 0xff], 'truncated'],
    ['4 billion items, claimed', [0xdd, 0xff, 0xff, 0xff, 0xff], 'truncated'],
    ['4 billion fields, claimed', [0xdf, 0xff, 0xff, 0xff, 0xff], 'truncated'],
  ])('%s', (_what, bytes, code) => {
    expect(codeOf(bytes)).toBe(code);
  });

  it('that nest without end are refused before they fill the stack', () => {
    expect(codeOf(new Uint8Array(1_000_000).fill(0x91))).toBe('too-deep');
    expect(codeOf(new Uint8Array(1_000_000).fill(0x81))).toBe('too-deep');
  });

  it('with very many values, or nested claims, take little memory and time', () => {
    const many = new Uint8Array(20_000_005).fill(0x90);
    many.set([0xdd, 0x01, 0x31, 0x2d, 0x00]); // an array of 20,000,000 empty arrays
    const nested = new Uint8Array(1_000_000);
    // Every level claims as many items as there are bytes left.
    for (let level = 0; level < 31; level++) nested.set([0xdd, 0x00, 0x0f, 0x00, 0x00], 5 * level);
    const before = process.memoryUsage();
    const startedAtMs = performance.now();
    expect(codeOf(many)).toBe('too-large');
    expect(codeOf(nested)).toBe('truncated');
    const after = process.memoryUsage();
    expect(performance.now() - startedAtMs).toBeLessThan(10_000);
    expect(after.heapUsed - before.heapUsed).toBeLessThan(400e6);
  });

  it('leave the prototype of objects as it is', () => {
    const decoded = decode(
      Uint8Array.from([0x81, 0xab, ...Buffer.from('constructor'), 0x81, 0xa1, 0x61, 1]),
    );
    expect(decoded).toEqual({ ok: true, value: { constructor: { a: 1 } } });
    expect(({} as { a?: number }).a).toBeUndefined();
  });
});
