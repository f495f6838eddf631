// The sums of runs and attempts: opening, adding, releasing, on plaintext, whose sums can be read.
import { describe, expect, it } from 'vitest';
import { chooseParameters } from '../core/encryption/parameters.ts';
import { createSums } from './sums.ts';

const parameters = chooseParameters('plaintext', 2, 3);
const keyOf = (attempt: number, runId = 'run') => ({ runId, round: 1, attempt });
const update = (...values: number[]) => new Uint8Array(new Uint32Array(values).buffer);
const valuesOf = (released: { sum: Uint8Array<ArrayBuffer> } | null) =>
  released === null ? null : [...new Float64Array(released.sum.buffer)];

describe('sums', () => {
  it('add what comes for the attempt that is open, and are gone when they are released', () => {
    const sums = createSums();
    for (const attempt of [1, 2]) {
      const key = keyOf(attempt);
      sums.open(key, parameters);
      expect(sums.add(key, 0, update(2, 20))).toMatchObject({ accepted: true });
      expect(sums.add(key, 1, update(3, 30))).toMatchObject({ accepted: true });
      expect(valuesOf(sums.release(key))).toEqual([5, 50]);
      expect(sums.release(key)).toBeNull();
    }
  });

  it('are as they were after an update that is refused', () => {
    const sums = createSums();
    sums.open(keyOf(1), parameters);
    sums.add(keyOf(1), 0, update(4, 40));
    const refused = [
      sums.add(keyOf(1), 1, update(1)),
      sums.add(keyOf(1), 1, update(1, 2 ** 32 - 1)),
      sums.add(keyOf(1), 0, update(1, 1)), // the seat's second
    ];
    for (const added of refused) expect(added).toMatchObject({ accepted: false });
    expect(valuesOf(sums.release(keyOf(1)))).toEqual([4, 40]);
  });

  it('forget an attempt when the next one opens', () => {
    const sums = createSums();
    sums.open(keyOf(1), parameters);
    sums.add(keyOf(1), 0, update(1, 1));
    sums.open(keyOf(2), parameters);
    expect(sums.add(keyOf(1), 1, update(1, 1))).toBeNull();
    expect(sums.release(keyOf(1))).toBeNull();
    sums.add(keyOf(2), 0, update(7, 7));
    expect(valuesOf(sums.release(keyOf(2)))).toEqual([7, 7]);
  });

  it('of two runs have nothing to do with each other; one that is dropped answers nothing', () => {
    const sums = createSums();
    const [mine, other] = [keyOf(1), keyOf(1, 'other')];
    sums.open(mine, parameters);
    sums.open(other, parameters);
    sums.add(mine, 0, update(1, 2));
    sums.add(other, 0, update(10, 20));
    sums.drop('run');
    expect(sums.add(mine, 1, update(1, 1))).toBeNull();
    expect(sums.release(mine)).toBeNull();
    expect(valuesOf(sums.release(other))).toEqual([10, 20]);
  });
});
