// The bench row `schemes`: what each encryption scheme costs a round of five clients, without a
// federation around it, as lines of the benchmark's table.
import type { SchemeName } from '../core/encryption/scheme.ts';
import { measureSchemeCosts } from './scheme-cost.ts';

/** What the packed schemes are to reach beside the notebook's parameters. */
const TIME_TARGET = 5;
const BYTES_TARGET = 10;
const isPacked = (name: SchemeName) => name === 'ckks' || name === 'bgv';

/** Lines as scripts/bench/measurement.ts reads them. */
export async function bench() {
  const costs = await measureSchemeCosts();
  return costs.map(({ name, ...values }) => ({
    what: `${name}: encrypt + sum of 5 + decrypt of 101,770 weights, in one worker`,
    measured: `${values.encryptMs.toFixed(1)} + ${values.sumMs.toFixed(1)} + ${values.decryptMs.toFixed(1)} ms, ${values.bytesPerParameter.toFixed(2)} bytes a weight; ${values.lessTime.toFixed(1)}× less time and ${values.fewerBytes.toFixed(1)}× fewer bytes than notebook`,
    ...(isPacked(name)
      ? {
          target: `≥ ${TIME_TARGET}× less time, ≥ ${BYTES_TARGET}× fewer bytes`,
          met: values.lessTime >= TIME_TARGET && values.fewerBytes >= BYTES_TARGET,
        }
      : { target: '', met: null }),
    values,
  }));
}
