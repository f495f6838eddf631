// Before round 1 counts, the whole path of an update is walked a few times on made-up values: WASM and
// JavaScript both start in a slow tier and are compiled anew while they run, and a round of short
// training would pay for that in all of its encryption.
import {
  dequantiseSum,
  quantiseUpdate,
  rangeExponents,
  type Slots,
} from '../core/encryption/quantisation.ts';
import type { ClientScheme, SchemeParameters } from '../core/encryption/scheme.ts';
import { moved } from '../core/model/weights.ts';
import { createSummer } from '../ckks/summer.ts';

/** On two cores five clients warm up at once: in this time each walks about ten times. */
const BUDGET_MS = 600;

/** Takes about 600 ms, or one walk where that is longer. Nothing of it is sent or kept. */
export async function warmUpEncryption(
  parameters: SchemeParameters,
  slots: Slots,
  { encryptor, decryptor }: ReturnType<ClientScheme['open']>,
): Promise<void> {
  const summer = await createSummer(parameters);
  // Both signs, and some outside of their range: a branch that was never taken is not compiled.
  const delta = Float32Array.from(
    { length: parameters.numParameters },
    (_, i) => ((i % 7) - 3) / 1000,
  );
  const exponents = rangeExponents(delta, slots).map((exponent) => exponent - 1);
  const startedMs = performance.now();
  for (let walk = 0; walk === 0 || performance.now() - startedMs < BUDGET_MS; walk++) {
    const { values } = quantiseUpdate({
      parameters,
      slots,
      delta,
      residual: walk % 2 === 0 ? null : delta, // round 1 has none
      numExamples: 1,
      largestNumExamples: 1,
      rangeExponents: exponents,
      ditherKey: ['warm-up'],
    });
    summer.reset();
    summer.add(encryptor.encrypt(values));
    const sum = decryptor.decryptSum(summer.result(), 1);
    moved(delta, dequantiseSum(sum, 1, parameters, exponents, slots, 1, 1));
  }
  summer.dispose();
}
