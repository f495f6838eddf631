import { expect, test } from 'vitest';
import { demonstrateSum } from './demonstration.ts';

test("the notebook's numbers under two clients' hands", async () => {
  const shown = await demonstrateSum([1, 2, 3], [0.5, -2, 1e6]);
  expect(shown.sums).toEqual([1.5, 0, 1000003]);
  expect(shown.exact).toBe(true);
  expect(shown.firstHead.length).toBe(64);
  expect(shown.firstHead).not.toEqual(shown.secondHead);
  expect(shown.sumHead).not.toEqual(shown.firstHead);
  expect(shown.updateBytes).toBe(shown.parameters.updateBytes);
});

test('the summed ciphertext is the sum of the two, modulo the prime', async () => {
  const { firstHead, secondHead, sumHead } = await demonstrateSum([7], [8]);
  const q = 1152921504606830593n; // the largest 60-bit prime that is 1 modulo 8192
  const words = (bytes: Uint8Array<ArrayBuffer>) => new BigUint64Array(bytes.buffer);
  words(sumHead).forEach((word, i) => {
    expect(word).toBe((words(firstHead)[i]! + words(secondHead)[i]!) % q);
  });
});

test('numbers are rounded to the stated step, lists filled with zeros, extremes exact', async () => {
  const shown = await demonstrateSum([0.1234, -1e6, 1e6, -0.0001], [0.0006, -1e6, 1e6]);
  expect(shown.first).toEqual([0.123, -1e6, 1e6, 0]);
  expect(shown.second).toEqual([0.001, -1e6, 1e6, 0]);
  expect(shown.sums).toEqual([0.124, -2e6, 2e6, 0]);
});

test('too many, none and impossible numbers are refused', async () => {
  await expect(demonstrateSum([], [])).rejects.toThrow(RangeError);
  await expect(demonstrateSum(Array(11).fill(1), [1])).rejects.toThrow(RangeError);
  await expect(demonstrateSum([NaN], [1])).rejects.toThrow(RangeError);
  await expect(demonstrateSum([1], [1000001])).rejects.toThrow(RangeError);
});
