import { describe, expect, test } from 'vitest';
import {
  describePartitioner,
  syntheticLabels,
} from '../../testing/conformance/partitioner-conformance.ts';
import { labelHistogram, partitionExamples, type PartitionConfig } from './partition.ts';

const config: PartitionConfig = {
  seed: 1,
  clients: 5,
  partition: 'iid',
  alpha: 0.5,
  shardsPerClient: 2,
};

describePartitioner('IID', { ...config, partition: 'iid' });
describePartitioner('shards', { ...config, partition: 'shards' });
describePartitioner('Dirichlet(0.5)', { ...config, partition: 'dirichlet' });
describePartitioner('Dirichlet(0.01)', { ...config, partition: 'dirichlet', alpha: 0.01 });

test('a histogram counts the labels of the listed examples', () => {
  const labels = Uint8Array.of(3, 3, 9, 0, 3);
  expect(labelHistogram(labels, Uint32Array.of(0, 2, 4))).toEqual([0, 0, 0, 2, 0, 0, 0, 0, 0, 1]);
});

describe('IID', () => {
  test('gives equal sizes and label counts within chance of the hypergeometric law', () => {
    const labels = syntheticLabels(10000, 2);
    const all = labelHistogram(labels, Uint32Array.from(labels.keys()));
    let squares = 0;
    for (const seat of partitionExamples(config, labels)) {
      expect(seat).toHaveLength(2000);
      labelHistogram(labels, seat).forEach((count, label) => {
        const p = all[label]! / 10000;
        const variance = (2000 * p * (1 - p) * (10000 - 2000)) / (10000 - 1);
        squares += (count - 2000 * p) ** 2 / variance;
      });
    }
    expect(squares / 50).toBeGreaterThan(0.4); // not stratified
    expect(squares / 50).toBeLessThan(2); // not skewed: 1 in the mean, standard deviation 0.2
  });
});

describe('shards', () => {
  const labels = Uint8Array.from({ length: 60000 }, (_, i) => i % 10); // 20 pure shards of each
  const seats = partitionExamples({ ...config, partition: 'shards', clients: 100 }, labels);
  const numLabels = seats.map((seat) => labelHistogram(labels, seat).filter((n) => n > 0).length);

  test('McMahan’s setting: 600 examples of at most two digits for each of 100 clients', () => {
    expect(seats.every((seat) => seat.length === 600)).toBe(true);
    expect(Math.max(...numLabels)).toBe(2);
  });

  test('deals the shards at random: the second has the first’s label in 19 of 199 cases', () => {
    const few = labels.subarray(0, 6000); // still 20 pure shards of each
    let alike = 0;
    for (let seed = 0; seed < 30; seed++) {
      const dealt = partitionExamples({ ...config, partition: 'shards', clients: 100, seed }, few);
      alike += dealt.filter((seat) => few[seat[0]!] === few[seat[59]!]).length;
    }
    const expected = (3000 * 19) / 199; // 286, standard deviation 16
    expect(Math.abs(alike - expected)).toBeLessThan(80);
  });
});

describe('Dirichlet', () => {
  const labels = Uint8Array.from({ length: 20000 }, (_, i) => i % 10);

  for (const alpha of [0.5, 5]) {
    test(`shares of a class have the moments of Dir(${alpha}) over the clients`, () => {
      const shares: number[] = [];
      for (let seed = 0; seed < 60; seed++) {
        const seats = partitionExamples({ ...config, partition: 'dirichlet', alpha, seed }, labels);
        for (const seat of seats) {
          shares.push(...labelHistogram(labels, seat).map((count) => count / 2000));
        }
      }
      const variance = shares.reduce((sum, share) => sum + (share - 0.2) ** 2, 0) / shares.length;
      const expected = (0.2 * 0.8) / (5 * alpha + 1); // p(1-p)/(α₀+1), α₀ = 5α
      expect(Math.abs(variance / expected - 1)).toBeLessThan(0.12);
    });
  }

  test('tops up from the largest when a tiny α leaves clients without the minimum', () => {
    const extreme = { ...config, partition: 'dirichlet', alpha: 0.01, clients: 100 } as const;
    const sizes = partitionExamples(extreme, labels).map((seat) => seat.length);
    expect(Math.min(...sizes)).toBe(10);
    expect(Math.max(...sizes)).toBeGreaterThan(1000); // the skew is still there
  });
});
