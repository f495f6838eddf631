// Dirichlet partition in the recipe of Yurochkin et al. 2019 (arXiv 1905.12022), as Flower's
// DirichletPartitioner without self-balancing: every class is split over the clients by its own draw
// of Dir(α), so clients differ in size as well as in labels, and everything is drawn again until each
// has a minimum. Not the recipe of Hsu et al. 2019, which draws a class mix per client and fixes its size.
import type { Random } from '../math/random.ts';

/** Fewest examples a client is left with (Flower's min_partition_size). */
const MINIMUM_EXAMPLES = 10;
/** Draws before the fallback (Flower gives up after as many). */
const MAX_DRAWS = 10;

/**
 * All examples over `clients` lists of at least {@link MINIMUM_EXAMPLES}. With a tiny α and many
 * clients hardly any draw reaches the minimum: then the last draw is kept, and each client that is
 * short is topped up, one example after the other, from whoever holds the most.
 * @throws RangeError when there are fewer than `clients` × {@link MINIMUM_EXAMPLES} examples.
 */
export function partitionDirichlet(
  labels: Uint8Array,
  clients: number,
  alpha: number,
  random: Random,
): Uint32Array<ArrayBuffer>[] {
  if (labels.length < clients * MINIMUM_EXAMPLES) {
    throw new RangeError(
      `${labels.length} examples cannot give ${clients} clients ${MINIMUM_EXAMPLES} each`,
    );
  }
  let seats: number[][] = [];
  for (let draw = 0; draw < MAX_DRAWS; draw++) {
    seats = drawOnce(labels, clients, alpha, random);
    if (seats.every((seat) => seat.length >= MINIMUM_EXAMPLES)) break;
  }
  topUp(seats);
  return seats.map((seat) => Uint32Array.from(seat));
}

function drawOnce(labels: Uint8Array, clients: number, alpha: number, random: Random): number[][] {
  const seats = Array.from({ length: clients }, (): number[] => []);
  for (const members of membersByClass(labels)) {
    const shuffled = Array.from(random.permutation(members.length), (at) => members[at]!);
    let share = 0;
    let from = 0;
    dirichlet(alpha, clients, random).forEach((part, seat) => {
      share += part;
      const to = seat === clients - 1 ? shuffled.length : Math.floor(share * shuffled.length);
      for (const example of shuffled.slice(from, to)) seats[seat]!.push(example);
      from = Math.max(from, to);
    });
  }
  return seats;
}

function membersByClass(labels: Uint8Array): number[][] {
  const classes: number[][] = [];
  labels.forEach((label, example) => (classes[label] ??= []).push(example));
  return classes.filter((members) => members !== undefined);
}

/** A draw of the symmetric Dirichlet distribution: normalised Gamma(α) variates. */
function dirichlet(alpha: number, size: number, random: Random): number[] {
  for (;;) {
    const gammas = Array.from({ length: size }, () => random.gamma(alpha));
    const sum = gammas.reduce((total, gamma) => total + gamma, 0);
    if (sum > 0) return gammas.map((gamma) => gamma / sum); // all underflow to 0 at a tiny α: again
  }
}

function topUp(seats: number[][]): void {
  for (const seat of seats) {
    while (seat.length < MINIMUM_EXAMPLES) {
      const largest = seats.reduce((a, b) => (b.length > a.length ? b : a));
      seat.push(largest.pop()!);
    }
  }
}
