// UTF-8 (RFC 3629) by hand: the core has no TextEncoder. Strict both ways: half of a surrogate pair is
// written as U+FFFD, and only what is shortest and in range is read.

const REPLACEMENT = 0xfffd;
/** Code units that String.fromCharCode takes in one call, well below what a stack holds. */
const CHUNK = 8192;

/** Bytes that `writeUtf8` writes. */
export function utf8Length(text: string): number {
  let length = 0;
  for (let i = 0; i < text.length; i++) {
    const code = codePointAt(text, i);
    if (code >= 0x10000) i++;
    length += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return length;
}

/** Writes at `from`; there must be room for `utf8Length(text)` bytes. */
export function writeUtf8(text: string, bytes: Uint8Array, from: number): void {
  let at = from;
  for (let i = 0; i < text.length; i++) {
    const code = codePointAt(text, i);
    if (code < 0x80) {
      bytes[at++] = code;
      continue;
    }
    if (code >= 0x10000) {
      i++;
      bytes[at++] = 0xf0 | (code >> 18);
      bytes[at++] = 0x80 | ((code >> 12) & 0x3f);
    } else if (code >= 0x800) {
      bytes[at++] = 0xe0 | (code >> 12);
    }
    if (code >= 0x800) bytes[at++] = 0x80 | ((code >> 6) & 0x3f);
    else bytes[at++] = 0xc0 | (code >> 6);
    bytes[at++] = 0x80 | (code & 0x3f);
  }
}

/** The text of bytes [from, to), or null where they are no UTF-8. */
export function readUtf8(bytes: Uint8Array, from: number, to: number): string | null {
  let text = '';
  let units: number[] = [];
  for (let at = from; at < to;) {
    const first = bytes[at++]!;
    const numMore = first < 0x80 ? 0 : first < 0xc2 ? -1 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
    if (numMore < 0 || first > 0xf4 || at + numMore > to) return null;
    let code = numMore === 0 ? first : first & (0x3f >> numMore);
    for (let i = 0; i < numMore; i++) {
      const more = bytes[at++]!;
      if ((more & 0xc0) !== 0x80) return null;
      code = (code << 6) | (more & 0x3f);
    }
    const isOverlong = (numMore === 2 && code < 0x800) || (numMore === 3 && code < 0x10000);
    const isSurrogate = code >= 0xd800 && code < 0xe000;
    if (isOverlong || isSurrogate || code > 0x10ffff) return null;
    if (code < 0x10000) units.push(code);
    else units.push(0xd7c0 + (code >> 10), 0xdc00 | (code & 0x3ff));
    if (units.length >= CHUNK) {
      text += String.fromCharCode(...units);
      units = [];
    }
  }
  return text + String.fromCharCode(...units);
}

function codePointAt(text: string, index: number): number {
  const code = text.codePointAt(index)!;
  return code >= 0xd800 && code < 0xe000 ? REPLACEMENT : code;
}
