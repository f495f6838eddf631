import { describe, expect, it } from 'vitest';
import type { ClientMessageOf } from '../../protocol/client-messages.ts';
import type { RoundRecord } from '../../protocol/view.ts';
import { createRandom } from '../../math/random.ts';
import {
  entropyBitsPerByte,
  isConsistent,
  largestPhaseMs,
  mergeEvaluations,
  mergeTraining,
  timeLeftMs,
} from './metrics.ts';

function slice(
  numExamples: number,
  numCorrect: number,
  lossSum: number,
): ClientMessageOf<'evaluated'> {
  const confusion = Array<number>(100).fill(0);
  confusion[33] = numCorrect; // three taken for three
  confusion[38] = numExamples - numCorrect; // three taken for eight
  return {
    type: 'evaluated',
    runId: 'r',
    round: 1,
    attempt: 1,
    split: 'validation',
    slice: { part: 0, parts: 2 },
    numExamples,
    numCorrect,
    lossSum,
    confusion,
    weightsSha256: '0'.repeat(64),
    twinDifference: null,
    segments: [],
  };
}

describe('mergeEvaluations', () => {
  it('is a mean over examples, not over clients', () => {
    const merged = mergeEvaluations([slice(900, 90, 1800), slice(100, 100, 10)])!;
    expect(merged.accuracy).toBeCloseTo(0.19, 12); // a mean over clients would be 0.55
    expect(merged.loss).toBeCloseTo(1.81, 12);
    expect(merged.confusion[33]).toBe(190);
    expect(merged.confusion[38]).toBe(810);
  });

  it('is missing, not 0, without examples', () => {
    expect(mergeEvaluations([])).toBeNull();
    expect(mergeEvaluations([slice(0, 0, 0)])).toBeNull();
  });
});

describe('isConsistent', () => {
  it('takes counts that add up, and no others', () => {
    expect(isConsistent(slice(10, 4, 1))).toBe(true);
    expect(isConsistent({ ...slice(10, 4, 1), numCorrect: 5 })).toBe(false);
    expect(isConsistent({ ...slice(10, 4, 1), numExamples: 11 })).toBe(false);
    expect(isConsistent(slice(10, 4, -1))).toBe(false);
  });
});

describe('mergeTraining', () => {
  it('weights by examples', () => {
    const merged = mergeTraining([
      { numExamples: 30, trainLoss: 1, trainAccuracy: 0.2 },
      { numExamples: 10, trainLoss: 3, trainAccuracy: 1 },
    ]);
    expect(merged).toEqual({ trainLoss: 1.5, trainAccuracy: 0.4 });
    expect(mergeTraining([])).toEqual({ trainLoss: null, trainAccuracy: null });
  });
});

describe('times', () => {
  it('takes the largest of the clients, each with all its stretches of the phase', () => {
    const client = (...ends: number[]) =>
      ends.map((endMs) => ({ phase: 'training' as const, startMs: 10, endMs }));
    expect(largestPhaseMs([client(20, 30), client(35)], 'training')).toBe(30);
    expect(largestPhaseMs([client(20)], 'encrypting')).toBe(0);
    expect(largestPhaseMs([], 'training')).toBe(0);
  });

  it('expects the pace of the last five rounds, round 0 apart', () => {
    const record = (round: number, total: number) =>
      ({ round, milliseconds: { total } }) as RoundRecord;
    const history = [9999, 800, 100, 200, 300, 400, 500].map((total, round) =>
      record(round, total),
    );
    expect(timeLeftMs(history, 10)).toBe(4 * 300);
    expect(timeLeftMs(history.slice(0, 1), 10)).toBeNull();
  });
});

describe('entropyBitsPerByte', () => {
  it('knows constants, coins and noise apart', () => {
    expect(entropyBitsPerByte(new Uint8Array(1000))).toBe(0);
    expect(entropyBitsPerByte(Uint8Array.from({ length: 1000 }, (_, i) => i % 2))).toBeCloseTo(
      1,
      12,
    );
    const random = createRandom(1, 'entropy-test');
    const noise = Uint8Array.from({ length: 65536 }, () => random.below(256));
    expect(entropyBitsPerByte(noise)).toBeGreaterThan(7.99);
    expect(entropyBitsPerByte(noise)).toBeLessThanOrEqual(8);
  });
});
