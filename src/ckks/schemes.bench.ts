// The bench row `schemes`: what each encryption scheme costs a round of five clients, without a
// federation around it, as lines of the benchmark's table.
import { measureSchemeCosts } from './bench.ts';

/** Lines as scripts/bench/measurement.ts reads them. */
export async function bench() {
  const costs = await measureSchemeCosts();
  return costs.map(({ name, ...values }) => ({
    what: `${name}: encrypt + sum of 5 + decrypt of 101,770 weights, in one worker`,
    measured: `${values.encryptMs.toFixed(1)} + ${values.sumMs.toFixed(1)} + ${values.decryptMs.toFixed(1)} ms, ${values.bytesPerParameter.toFixed(2)} bytes a weight; ${values.lessTime.toFixed(1)}× less time and ${values.fewerBytes.toFixed(1)}× fewer bytes than notebook`,
    target: '',
    met: null,
    values,
  }));
}
