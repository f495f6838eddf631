// Before round 1 counts, the whole path of an update is walked a few times on made-up values: WASM and
// JavaScript both start in a slow tier and are compiled anew while they run, and a round of short
// training would pay for that in all of its encryption.
import { createSummer } from '../core/encryption/create-summer.ts';
import {
  dequantiseSum,
  quantiseUpdate,
  rangeExponents,
  type Slots,
} from '../core/encryption/quantisation.ts';
import type { ClientScheme, SchemeParameters } from '../core/encryption/scheme.ts';
import { moved } from '../core/model/weights.ts';
import type { AbortSignalLike } from '../core/training/trainer.ts';
import { eventLoopTurn } from '../worker/event-loop-turn.ts';

/**
 * Of walking. On two cores five clients warm up at once: in this time each walks about ten times. With 600
 * and two contributors, the slowest rounds of a fresh browser took half as long again.
 */
const BUDGET_MS = 1000;

/**
 * Walks for about a second, or once where that takes longer; between two walks, messages that wait are
 * heard. Nothing of it is sent or kept. Ends early when `signal` says so, after which the keys are not
 * touched.
 */
export async function warmUpEncryption(
  parameters: SchemeParameters,
  slots: Slots,
  { encryptor, decryptor }: ReturnType<ClientScheme['open']>,
  signal: AbortSignalLike,
): Promise<void> {
  // As many contributors as a small cohort has: their seeds are most of what opening a sum costs
  // (ckks/sum-loader.ts).
  const seats = [0, 1, 2, 3, 4].slice(0, parameters.maxContributors);
  // Both signs, and some outside of their range: a branch that was never taken is not compiled.
  const delta = Float32Array.from(
    { length: parameters.numParameters },
    (_, i) => ((i % 7) - 3) / 1000,
  );
  const exponents = rangeExponents(delta, slots).map((exponent) => exponent - 1);
  const walk = (residual: Float32Array | null) => {
    const { values } = quantiseUpdate({
      parameters,
      slots,
      delta,
      residual,
      numExamples: 1,
      largestNumExamples: 1,
      rangeExponents: exponents,
      ditherKey: ['warm-up'],
    });
    const update = encryptor.encrypt(values);
    const summer = createSummer(parameters);
    for (const seat of seats) summer.add(update, seat);
    const sum = decryptor.decryptSum(summer.result(), seats.length);
    moved(delta, dequantiseSum(sum, seats.length, parameters, exponents, slots, 1, seats.length));
  };
  let spentMs = 0;
  for (let i = 0; spentMs < BUDGET_MS && !signal.aborted; i++) {
    const startedMs = performance.now();
    walk(i % 2 === 0 ? null : delta); // round 1 has no residual
    spentMs += performance.now() - startedMs;
    await eventLoopTurn();
  }
}
