// CRC-32 (IEEE 802.3, reflected polynomial 0xEDB88320, as zlib's) of a text's UTF-8 bytes. Bit by bit
// instead of by table: it hashes names of a few characters.

/** The unsigned 32-bit checksum of `text` encoded as UTF-8. */
export function crc32(text: string): number {
  let crc = 0xffffffff;
  for (const char of text) {
    for (const byte of utf8(char.codePointAt(0)!)) {
      crc ^= byte;
      for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    }
  }
  return (crc ^ 0xffffffff) >>> 0;
}

function utf8(codePoint: number): number[] {
  const continuation = (shift: number): number => 0x80 | ((codePoint >>> shift) & 0x3f);
  if (codePoint < 0x80) return [codePoint];
  if (codePoint < 0x800) return [0xc0 | (codePoint >>> 6), continuation(0)];
  if (codePoint < 0x10000) return [0xe0 | (codePoint >>> 12), continuation(6), continuation(0)];
  return [0xf0 | (codePoint >>> 18), continuation(12), continuation(6), continuation(0)];
}
