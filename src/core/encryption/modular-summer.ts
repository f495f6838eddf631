// Adds encrypted updates that it cannot read: word by word, modulo each word's prime. That is all that
// SEAL's Evaluator does to add two ciphertexts, bit for bit (a browser test compares), and it needs no
// library. Addition is exact and seeds stand by seat, so no order of arrival changes a bit.
//
// Words as 64-bit integers, which V8 keeps in registers, with a mask in place of a branch that half of all
// words would mispredict. The default update of 53,248 words, checked and added: 0.07 ms in Node 20, 0.1 ms
// in Chromium 156. The same with `if (sum >= prime)` took 0.5 ms; halves of 32 bits in an Int32Array with
// masks 0.2 to 0.3 ms, with branches 0.7 ms. An engine that does not compile BigInt64 arithmetic to machine
// words would rather have the halves.
import { SchemeError, type SchemeParameters, type Summer } from './scheme.ts';
import { admitSeat } from './summer-seats.ts';
import { sumBytes, wireLayout, wordsOf, wordsProblem, type WireLayout } from './wire-layout.ts';

/** An empty sum of updates of these parameters of an encrypted scheme. */
export function createModularSummer(parameters: SchemeParameters): Summer {
  const layout = wireLayout(parameters);
  const { wordBytes, seedBytes } = layout;
  const sum = new BigInt64Array(wordBytes / 8);
  const seeds = new Map<number, Uint8Array>();

  return {
    get numAdded() {
      return seeds.size;
    },
    add(update, seat) {
      admitSeat(seeds, seat, parameters.maxContributors);
      if (update.length !== parameters.updateBytes) {
        throw new SchemeError('bad-update', `an update has ${parameters.updateBytes} bytes`);
      }
      const words = wordsOf(update, layout);
      const problem = wordsProblem(words, layout);
      if (problem !== null) throw new SchemeError('bad-update', problem);
      addWords(sum, words, layout);
      seeds.set(seat, update.slice(wordBytes));
    },
    result() {
      if (seeds.size === 0) throw new SchemeError('empty-sum', 'nothing was added');
      const bytes = new Uint8Array(sumBytes(parameters, seeds.size));
      bytes.set(new Uint8Array(sum.buffer));
      const bySeat = [...seeds].sort(([a], [b]) => a - b);
      bySeat.forEach(([, ofSeat], i) => bytes.set(ofSeat, wordBytes + i * seedBytes));
      return bytes;
    },
  };
}

function addWords(
  sum: BigInt64Array,
  words: BigInt64Array,
  { ringDegree, primes }: WireLayout,
): void {
  for (let from = 0, block = 0; from < sum.length; from += ringDegree, block++) {
    addBlock(sum, words, from, from + ringDegree, primes[block % primes.length]!);
  }
}

/** Both operands are below `prime` < 2^62, so nothing leaves the signed 64 bits. */
function addBlock(
  sum: BigInt64Array,
  words: BigInt64Array,
  from: number,
  to: number,
  prime: bigint,
): void {
  for (let i = from; i < to; i++) {
    const excess = BigInt.asIntN(64, BigInt.asIntN(64, sum[i]! + words[i]!) - prime);
    sum[i] = BigInt.asIntN(64, excess + (prime & (excess >> 63n))); // the mask is -1 below 0, else 0
  }
}
