// What encryption costs, measured: bytes and milliseconds of a round's encrypt, sum and decrypt for
// each scheme. Schemes take turns within one run, so that a noisy machine slows all of them alike and
// the ratios hold. Rows for the bench command; no test asserts a time.
import { createSummer } from '../core/encryption/create-summer.ts';
import { chooseParameters } from '../core/encryption/parameters.ts';
import { createRandom } from '../core/math/random.ts';
import { schemeNames, type SchemeName } from '../core/encryption/scheme.ts';
import { sumBytes } from '../core/encryption/wire-layout.ts';
import { createClientScheme } from '../ckks/client-scheme.ts';

export interface SchemeCost {
  readonly name: SchemeName;
  readonly updateBytes: number;
  readonly sumBytes: number;
  /** Of an update. */
  readonly bytesPerParameter: number;
  /** Minimum over the repetitions, ms: one client's encryption, K additions and the result, one decryption. */
  readonly encryptMs: number;
  readonly sumMs: number;
  readonly decryptMs: number;
  readonly totalMs: number;
  /** The notebook's bytes and total over this scheme's, from the same run. */
  readonly fewerBytes: number;
  readonly lessTime: number;
}

export interface SchemeCostRequest {
  readonly numParameters: number;
  readonly numContributors: number;
  readonly repetitions: number;
}

/** The notebook's model and cohort. */
export const defaultCostRequest: SchemeCostRequest = {
  numParameters: 101_770,
  numContributors: 5,
  repetitions: 10,
};

/** One row a scheme: ckks, bgv, notebook, plaintext. Rejects when a decrypted sum is not exact. */
export async function measureSchemeCosts(
  request: SchemeCostRequest = defaultCostRequest,
): Promise<SchemeCost[]> {
  const stands = await Promise.all(schemeNames.map((name) => openStand(name, request)));
  for (const stand of stands) stand.repeat(); // compiles and warms up
  const samples = stands.map((): Samples => ({ encryptMs: [], sumMs: [], decryptMs: [] }));
  for (let i = 0; i < request.repetitions; i++) {
    stands.forEach((stand, s) => {
      const times = stand.repeat();
      samples[s]!.encryptMs.push(times.encryptMs);
      samples[s]!.sumMs.push(times.sumMs);
      samples[s]!.decryptMs.push(times.decryptMs);
    });
  }
  for (const stand of stands) stand.dispose();
  const rows = stands.map(({ parameters }, s) => {
    const [encryptMs, sumMs, decryptMs] = [
      Math.min(...samples[s]!.encryptMs),
      Math.min(...samples[s]!.sumMs),
      Math.min(...samples[s]!.decryptMs),
    ];
    const { name, updateBytes } = parameters;
    const bytesPerParameter = updateBytes / request.numParameters;
    const totalMs = encryptMs + sumMs + decryptMs;
    return {
      name,
      updateBytes,
      sumBytes: sumBytes(parameters, request.numContributors),
      bytesPerParameter,
      encryptMs,
      sumMs,
      decryptMs,
      totalMs,
    };
  });
  const notebook = rows.find(({ name }) => name === 'notebook')!;
  return rows.map((row) => ({
    ...row,
    fewerBytes: notebook.updateBytes / row.updateBytes,
    lessTime: notebook.totalMs / row.totalMs,
  }));
}

interface Samples {
  readonly encryptMs: number[];
  readonly sumMs: number[];
  readonly decryptMs: number[];
}

async function openStand(name: SchemeName, { numParameters, numContributors }: SchemeCostRequest) {
  const parameters = chooseParameters(name, numParameters, numContributors);
  const scheme = await createClientScheme(parameters);
  const { encryptor, decryptor } = scheme.open(scheme.generateKeys());
  const random = createRandom('scheme costs', name);
  const values = Int32Array.from({ length: numParameters }, () => random.below(parameters.levels));
  const others = Array.from({ length: numContributors - 1 }, () => encryptor.encrypt(values));

  function repeat() {
    const start = performance.now();
    const update = encryptor.encrypt(values);
    const encrypted = performance.now();
    const summer = createSummer(parameters);
    [...others, update].forEach((one, seat) => summer.add(one, seat));
    const sum = summer.result();
    const summed = performance.now();
    const sums = decryptor.decryptSum(sum, numContributors);
    const decrypted = performance.now();
    if (!values.every((value, i) => sums[i] === value * numContributors)) {
      throw new Error(`a sum of the scheme ${name} is not exact`);
    }
    return {
      encryptMs: encrypted - start,
      sumMs: summed - encrypted,
      decryptMs: decrypted - summed,
    };
  }

  function dispose(): void {
    encryptor.dispose();
    decryptor.dispose();
  }
  return { parameters, repeat, dispose };
}
