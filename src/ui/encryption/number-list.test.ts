import { expect, test } from 'vitest';
import { readNumbers } from './number-list.ts';

test('reads commas, spaces, semicolons, signs and exponents', () => {
  expect(readNumbers(' 1, 2;3  -4.5,1e3 ')).toEqual({ ok: true, numbers: [1, 2, 3, -4.5, 1000] });
});

test.each([
  ['', 'at least one'],
  [' , ;', 'at least one'],
  ['1, two, 3', '“two” is not a number'],
  ['1, Infinity', 'not a number'],
  ['1000001', 'between'],
  [Array(11).fill('1').join(' '), 'at most 10'],
])('%j is refused with a sentence', (text, part) => {
  const read = readNumbers(text);
  expect(read.ok).toBe(false);
  expect(!read.ok && read.problem).toContain(part);
});
