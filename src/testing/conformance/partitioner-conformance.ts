// What every partition must be, whatever its recipe: disjoint, complete, and a function of the seed.
import { describe, expect, test } from 'vitest';
import { createRandom } from '../../core/math/random.ts';
import { partitionExamples, type PartitionConfig } from '../../core/partitioning/partition.ts';

/** [numExamples] labels in 0–9, drawn evenly. */
export function syntheticLabels(numExamples: number, seed: number): Uint8Array {
  const random = createRandom(seed, 'synthetic-labels');
  return Uint8Array.from({ length: numExamples }, () => random.below(10));
}

/** Registers the suite for one recipe; `recipe` is its part of the run's configuration. */
export function describePartitioner(
  name: string,
  recipe: Omit<PartitionConfig, 'seed' | 'clients'>,
): void {
  describe(`${name} partition`, () => {
    const labels = syntheticLabels(5003, 1); // a prime: nothing divides it
    const split = (seed: number, clients: number) =>
      partitionExamples({ ...recipe, seed, clients }, labels);

    for (const clients of [1, 5, 7, 100]) {
      test(`puts every example into exactly one of ${clients} lists, none of them empty`, () => {
        const seats = split(3, clients);
        expect(seats).toHaveLength(clients);
        const timesUsed = new Uint8Array(labels.length);
        for (const seat of seats) {
          expect(seat.length).toBeGreaterThanOrEqual(10);
          for (const example of seat) timesUsed[example]!++;
        }
        expect(timesUsed.every((times) => times === 1)).toBe(true);
        expect(seats.reduce((sum, seat) => sum + seat.length, 0)).toBe(labels.length);
      });
    }

    test('depends on the seed and on nothing else', () => {
      expect(split(3, 5)).toEqual(split(3, 5));
      expect(split(3, 5)).not.toEqual(split(4, 5));
    });

    test('refuses more clients than there are examples for', () => {
      const few = { ...recipe, seed: 1, clients: 100 };
      expect(() => partitionExamples(few, labels.subarray(0, 99))).toThrow(RangeError);
    });
  });
}
