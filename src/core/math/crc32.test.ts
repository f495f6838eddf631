// Oracle: Python's zlib.crc32 of the UTF-8 bytes; 123456789 is the check value of the standard.
import { expect, it } from 'vitest';
import { crc32 } from './crc32.ts';

it.each([
  ['', 0],
  ['a', 3904355907],
  ['123456789', 3421780262],
  ['fl-sweep_17', 457644339],
  ['étude_3', 2584895610],
  ['研究_0', 1574292223],
  ['🧪_1', 2678632656],
])('of %j is %d', (text, expected) => {
  expect(crc32(text)).toBe(expected);
});
