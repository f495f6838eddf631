// The critical path on a round worked out by hand, and that it always adds up.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ClientPhase, PhaseSegment } from '../../protocol/client-messages.ts';
import { criticalPath, type RoundTimes } from './critical-path.ts';

const segments = (...parts: readonly (readonly [ClientPhase, number])[]): PhaseSegment[] => {
  let atMs = 0;
  return parts.map(([phase, ms]) => ({ phase, startMs: atMs, endMs: (atMs += ms) }));
};

const round: RoundTimes = {
  openedAtMs: 1000,
  releasedAtMs: 1200,
  committedAtMs: 1300,
  updates: [
    { arrivedAtMs: 1150, segments: segments(['training', 140], ['encrypting', 5]) },
    { arrivedAtMs: 1180, segments: segments(['training', 100], ['encrypting', 60]) },
  ],
  sumMs: 12,
  evaluations: [
    segments(['decrypting', 30], ['evaluating', 40]),
    segments(['decrypting', 20], ['evaluating', 45]),
  ],
};

it('follows the last update in and the longest evaluation out', () => {
  expect(criticalPath(round)).toEqual({
    ...{ train: 100, encrypt: 60, upload: 20, sum: 12, wait: 8 },
    ...{ decrypt: 30, evaluate: 40, answer: 30 },
  });
});

it('of round 0 is evaluation and what lies around it', () => {
  const times = { ...round, releasedAtMs: 1000, updates: [], sumMs: 0 };
  expect(criticalPath({ ...times, evaluations: [segments(['evaluating', 250])] })).toEqual({
    ...{ train: 0, encrypt: 0, upload: 0, sum: 0, wait: 0 },
    ...{ decrypt: 0, evaluate: 250, answer: 50 },
  });
});

it('adds up to the whole round, whatever clients say, and nothing is negative', () => {
  const ms = fc.integer({ min: 0, max: 500 });
  fc.assert(
    fc.property(
      fc.array(fc.tuple(ms, ms, ms), { maxLength: 4 }),
      fc.array(fc.tuple(ms, ms), { maxLength: 4 }),
      fc.tuple(ms, ms, ms),
      (updates, evaluations, [beforeMs, afterMs, sumMs]) => {
        const lastMs = Math.max(0, ...updates.map(([arrived]) => arrived));
        const path = criticalPath({
          openedAtMs: 0,
          releasedAtMs: lastMs + beforeMs,
          committedAtMs: lastMs + beforeMs + afterMs,
          updates: updates.map(([arrivedAtMs, train, encrypt]) => ({
            arrivedAtMs,
            segments: segments(['training', train], ['encrypting', encrypt]),
          })),
          sumMs,
          evaluations: evaluations.map(([decrypt, evaluate]) =>
            segments(['decrypting', decrypt], ['evaluating', evaluate]),
          ),
        });
        const parts = Object.values(path);
        expect(Math.min(...parts)).toBeGreaterThanOrEqual(0);
        expect(parts.reduce((sum, part) => sum + part, 0)).toBe(lastMs + beforeMs + afterMs);
      },
    ),
  );
});
