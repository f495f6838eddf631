// Adds made-up updates while the server has nothing to do yet. Until V8 has compiled them, loops over
// 64-bit words make an object of every word: the first additions of a process took 12 to 25 ms each where
// later ones take 0.1, in the very round that a person watches first.
import { createSummer } from '../core/encryption/create-summer.ts';
import { chooseParameters } from '../core/encryption/parameters.ts';
import { eventLoopTurn } from '../worker/event-loop-turn.ts';

/** Small sums, so that no message waits for long behind one. */
const NUM_WEIGHTS = 8192;
const NUM_SUMS = 40;

export async function warmUpSums(): Promise<void> {
  const parameters = chooseParameters('ckks', NUM_WEIGHTS, 2);
  const update = new Uint8Array(parameters.updateBytes);
  for (let i = 0; i < NUM_SUMS; i++) {
    const summer = createSummer(parameters);
    for (const seat of [0, 1]) summer.add(update, seat);
    summer.result();
    await eventLoopTurn();
  }
}
