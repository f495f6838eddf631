// Messages as bytes, for transports that carry bytes: MessagePack (github.com/msgpack/msgpack, spec.md),
// of which the messages need nil, bool, int, float 64, str, bin, array and map. What is decoded is
// `unknown` until a schema has read it.
//
// The package @msgpack/msgpack is the tests' oracle and not used here: it writes -0 as 0, hands out bytes
// that lie in the message's own buffer (so they cannot be transferred), and allocates an array of the
// length that the sender claims: 5 bytes a level are enough to ask for gigabytes.
import { MAX_PAYLOAD_BYTES } from '../encryption/scheme.ts';
import { readUtf8, utf8Length, writeUtf8 } from './utf8.ts';

/** No encoded message is longer: the largest payload there may be, with room for the rest. */
const MAX_MESSAGE_BYTES = MAX_PAYLOAD_BYTES + 2 ** 20;
/** Arrays and maps in one another. The deepest message has about ten. */
const MAX_DEPTH = 32;
/** Values in one message: a picture of 10,000 trials has about a million; each costs tens of bytes of memory. */
const MAX_VALUES = 2_000_000;

/**
 * `truncated`: it ends in the middle of a value. `trailing-bytes`: something follows the value.
 * `unknown-tag`: not a value that messages have. `too-large`, `too-deep`: beyond the limits above.
 * `bad-number`: an integer that a number cannot hold. `bad-text`: not UTF-8. `bad-key`: a map's key is no text, comes twice, or would change a prototype.
 */
export type CodecErrorCode =
  | 'truncated'
  | 'trailing-bytes'
  | 'unknown-tag'
  | 'too-large'
  | 'too-deep'
  | 'bad-number'
  | 'bad-text'
  | 'bad-key';

export type Decoded =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly code: CodecErrorCode };

/**
 * Plain objects, arrays, Uint8Arrays, texts, numbers, booleans and null. Fields that are undefined are
 * left out; half of a surrogate pair becomes U+FFFD. Throws a TypeError for anything else, and a
 * RangeError for what `decode` would refuse as too large or too deep: both are bugs of the sender.
 */
export function encode(message: object): Uint8Array<ArrayBuffer> {
  const writer = new Writer();
  writer.value(message, 0);
  return writer.done();
}

/** Never throws. Bytes in the value own their buffer: nothing of it is shared with `bytes`. */
export function decode(bytes: Uint8Array): Decoded {
  if (bytes.byteLength > MAX_MESSAGE_BYTES) return { ok: false, code: 'too-large' };
  const reader = new Reader(bytes);
  try {
    const value = reader.value(0);
    return reader.isAtEnd ? { ok: true, value } : { ok: false, code: 'trailing-bytes' };
  } catch (error) {
    if (error instanceof Undecodable) return { ok: false, code: error.code };
    throw error;
  }
}

class Undecodable extends Error {
  readonly code: CodecErrorCode;
  constructor(code: CodecErrorCode) {
    super(code);
    this.code = code;
  }
}

// Tags of the specification; the fix forms carry a value or a length in their low bits.
const FIX_MAP = 0x80;
const FIX_ARRAY = 0x90;
const FIX_STR = 0xa0;
const NIL = 0xc0;
const FALSE = 0xc2;
const TRUE = 0xc3;
const BIN_8 = 0xc4;
const FLOAT_32 = 0xca;
const FLOAT_64 = 0xcb;
const UINT_8 = 0xcc;
const INT_8 = 0xd0;
const STR_8 = 0xd9;
const ARRAY_16 = 0xdc;
const MAP_16 = 0xde;
const NEGATIVE_FIX = 0xe0;

class Writer {
  private bytes = new Uint8Array(256);
  private view = new DataView(this.bytes.buffer);
  private at = 0;
  private numValues = 0;

  done(): Uint8Array<ArrayBuffer> {
    return this.bytes.slice(0, this.at);
  }

  value(value: unknown, depth: number): void {
    if (++this.numValues > MAX_VALUES) throw new RangeError('too many values for a message');
    if (depth > MAX_DEPTH) throw new RangeError('too deep for a message');
    switch (typeof value) {
      case 'boolean':
        return this.byte(value ? TRUE : FALSE);
      case 'number':
        return this.number(value);
      case 'string':
        return this.text(value);
      case 'object':
        if (value === null) return this.byte(NIL);
        if (value instanceof Uint8Array) return this.binary(value);
        if (Array.isArray(value)) return this.array(value, depth);
        if (isPlain(value)) return this.map(value, depth);
        break;
      default:
    }
    throw new TypeError(`a message holds no ${typeof value} of this kind`);
  }

  private number(value: number): void {
    if (!Number.isSafeInteger(value) || Object.is(value, -0)) return this.float(value);
    if (value >= 0) {
      if (value < 0x80) return this.byte(value);
      if (value < 2 ** 32) return this.unsigned(UINT_8, value);
    } else {
      if (value >= -0x20) return this.byte(value & 0xff);
      if (value >= -(2 ** 31)) return this.negative(value);
    }
    return this.float(value); // exact: it is a safe integer
  }

  private float(value: number): void {
    const at = this.tag(FLOAT_64, 8);
    this.view.setFloat64(at, value);
  }

  /** In 1, 2 or 4 bytes; their tags follow each other. */
  private unsigned(tag8: number, value: number): void {
    const size = value < 2 ** 8 ? 0 : value < 2 ** 16 ? 1 : 2;
    const at = this.tag(tag8 + size, 2 ** size);
    if (size === 0) this.view.setUint8(at, value);
    else if (size === 1) this.view.setUint16(at, value);
    else this.view.setUint32(at, value);
  }

  private negative(value: number): void {
    const size = value >= -(2 ** 7) ? 0 : value >= -(2 ** 15) ? 1 : 2;
    const at = this.tag(INT_8 + size, 2 ** size);
    if (size === 0) this.view.setInt8(at, value);
    else if (size === 1) this.view.setInt16(at, value);
    else this.view.setInt32(at, value);
  }

  private text(value: string): void {
    const length = utf8Length(value);
    if (length < 32) this.byte(FIX_STR | length);
    else this.unsigned(STR_8, length);
    this.reserve(length);
    writeUtf8(value, this.bytes, this.at);
    this.at += length;
  }

  private binary(value: Uint8Array): void {
    this.unsigned(BIN_8, value.byteLength);
    this.reserve(value.byteLength);
    this.bytes.set(value, this.at);
    this.at += value.byteLength;
  }

  private array(values: readonly unknown[], depth: number): void {
    if (values.length < 16) this.byte(FIX_ARRAY | values.length);
    else this.length(ARRAY_16, values.length);
    for (let i = 0; i < values.length; i++) this.value(values[i], depth + 1);
  }

  private map(value: object, depth: number): void {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    if (entries.length < 16) this.byte(FIX_MAP | entries.length);
    else this.length(MAP_16, entries.length);
    for (const [key, item] of entries) {
      if (key === '__proto__') throw new TypeError('a message has no field of that name');
      this.text(key);
      this.value(item, depth + 1);
    }
  }

  /** In 2 or 4 bytes. */
  private length(tag16: number, length: number): void {
    const isWide = length >= 2 ** 16;
    const at = this.tag(isWide ? tag16 + 1 : tag16, isWide ? 4 : 2);
    if (isWide) this.view.setUint32(at, length);
    else this.view.setUint16(at, length);
  }

  private byte(value: number): void {
    this.reserve(1);
    this.bytes[this.at++] = value;
  }

  /** Writes the tag and makes room for `numBytes` after it; returns where they go. */
  private tag(tag: number, numBytes: number): number {
    this.reserve(1 + numBytes);
    this.bytes[this.at] = tag;
    this.at += 1 + numBytes;
    return this.at - numBytes;
  }

  private reserve(numBytes: number): void {
    const needed = this.at + numBytes;
    if (needed > MAX_MESSAGE_BYTES) throw new RangeError('too large for a message');
    if (needed <= this.bytes.byteLength) return;
    const larger = new Uint8Array(Math.max(needed, this.bytes.byteLength * 2));
    larger.set(this.bytes.subarray(0, this.at));
    this.bytes = larger;
    this.view = new DataView(larger.buffer);
  }
}

class Reader {
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private at = 0;
  private numValues = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get isAtEnd(): boolean {
    return this.at === this.bytes.byteLength;
  }

  value(depth: number): unknown {
    if (depth > MAX_DEPTH) throw new Undecodable('too-deep');
    if (++this.numValues > MAX_VALUES) throw new Undecodable('too-large');
    const tag = this.view.getUint8(this.take(1));
    if (tag < FIX_MAP) return tag;
    if (tag < FIX_ARRAY) return this.map(tag & 0x0f, depth);
    if (tag < FIX_STR) return this.array(tag & 0x0f, depth);
    if (tag < NIL) return this.text(tag & 0x1f);
    if (tag >= NEGATIVE_FIX) return tag - 0x100;
    switch (tag) {
      case NIL:
        return null;
      case FALSE:
        return false;
      case TRUE:
        return true;
      case BIN_8:
      case BIN_8 + 1:
      case BIN_8 + 2: {
        const length = this.unsigned(tag - BIN_8);
        const from = this.take(length);
        return this.bytes.slice(from, from + length);
      }
      case FLOAT_32:
        return this.view.getFloat32(this.take(4));
      case FLOAT_64:
        return this.view.getFloat64(this.take(8));
      case UINT_8:
      case UINT_8 + 1:
      case UINT_8 + 2:
        return this.unsigned(tag - UINT_8);
      case INT_8:
        return this.view.getInt8(this.take(1));
      case INT_8 + 1:
        return this.view.getInt16(this.take(2));
      case INT_8 + 2:
        return this.view.getInt32(this.take(4));
      case UINT_8 + 3:
        return this.wideInteger(this.view.getUint32(this.take(4)));
      case INT_8 + 3:
        return this.wideInteger(this.view.getInt32(this.take(4)));
      case STR_8:
      case STR_8 + 1:
      case STR_8 + 2:
        return this.text(this.unsigned(tag - STR_8));
      case ARRAY_16:
      case ARRAY_16 + 1:
        return this.array(this.unsigned(tag - ARRAY_16 + 1), depth);
      case MAP_16:
      case MAP_16 + 1:
        return this.map(this.unsigned(tag - MAP_16 + 1), depth);
      default:
        throw new Undecodable('unknown-tag'); // extensions, and the one tag that is never used
    }
  }

  /** Grows as its items come: a length that the sender merely claims allocates nothing. */
  private array(length: number, depth: number): unknown[] {
    this.expect(length);
    const values: unknown[] = [];
    for (let i = 0; i < length; i++) values.push(this.value(depth + 1));
    return values;
  }

  private map(length: number, depth: number): object {
    this.expect(2 * length);
    const value: Record<string, unknown> = {};
    for (let i = 0; i < length; i++) {
      const key = this.value(depth + 1);
      const isTaken = typeof key === 'string' && Object.hasOwn(value, key);
      if (typeof key !== 'string' || key === '__proto__' || isTaken) {
        throw new Undecodable('bad-key');
      }
      value[key] = this.value(depth + 1);
    }
    return value;
  }

  private text(length: number): string {
    const from = this.take(length);
    const text = readUtf8(this.bytes, from, from + length);
    if (text === null) throw new Undecodable('bad-text');
    return text;
  }

  /** `size` 0, 1, 2 for 1, 2, 4 bytes. */
  private unsigned(size: number): number {
    if (size === 0) return this.view.getUint8(this.take(1));
    return size === 1 ? this.view.getUint16(this.take(2)) : this.view.getUint32(this.take(4));
  }

  /** 64 bits, which others write; this codec takes a float for what 32 bits cannot hold. */
  private wideInteger(high: number): number {
    const value = high * 2 ** 32 + this.view.getUint32(this.take(4));
    if (!Number.isSafeInteger(value)) throw new Undecodable('bad-number');
    return value;
  }

  private take(numBytes: number): number {
    this.expect(numBytes);
    const from = this.at;
    this.at += numBytes;
    return from;
  }

  /** A value has one byte at least. */
  private expect(numBytes: number): void {
    if (numBytes > this.bytes.byteLength - this.at) throw new Undecodable('truncated');
  }
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
