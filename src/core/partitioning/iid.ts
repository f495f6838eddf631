// IID partition (McMahan et al. 2017, arXiv 1602.05629): shuffle everything, cut into equal parts.
import type { Random } from '../math/random.ts';

/**
 * Positions of all `numExamples` examples over `clients` lists, whose sizes differ by at most one
 * (equal where the number of clients divides the number of examples, as in the paper).
 */
export function partitionIid(
  numExamples: number,
  clients: number,
  random: Random,
): Uint32Array<ArrayBuffer>[] {
  const shuffled = random.permutation(numExamples);
  return Array.from({ length: clients }, (_, seat) =>
    shuffled.slice(
      Math.floor((seat * numExamples) / clients),
      Math.floor(((seat + 1) * numExamples) / clients),
    ),
  );
}
