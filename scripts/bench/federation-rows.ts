// The rows that run whole federations in real tabs through the headless driver. Figures that are
// compared are taken in turns (A B A B), because a shared machine's pace drifts.
import { defaultRunConfig, type RunConfig } from '../../src/core/experiment/run-config.ts';
import type { RoundMilliseconds } from '../../src/core/protocol/view.ts';
import type { RunResult } from '../../headless/result.ts';
import { median, type Measurement } from './measurement.ts';

/** Drives one run; the same configuration is driven once unless `again` differs. */
export type RunFederation = (config: RunConfig, again?: number) => Promise<RunResult>;

export type FederationRow = (run: RunFederation) => Promise<Measurement[]>;

const scheme = (encryption: RunConfig['encryption'], changes: Partial<RunConfig> = {}) => ({
  ...defaultRunConfig,
  ...changes,
  encryption,
});

/** numpy's figures: a plain federation of the same configuration, in float32 on one core. */
const accuracy: FederationRow = async (run) => {
  const encrypted = await run(defaultRunConfig);
  const plain = await run(scheme('plaintext'));
  const difference = Math.abs(encrypted.testAccuracy - plain.testAccuracy);
  return [
    {
      what: 'test accuracy of the defaults: 5 tabs, IID, 10 rounds, CKKS (numpy: 97.5 %)',
      measured: percent(encrypted.testAccuracy),
      target: '≥ 97.00 %',
      met: encrypted.testAccuracy >= 0.97,
      values: {
        testAccuracy: encrypted.testAccuracy,
        wallMilliseconds: encrypted.wallMilliseconds,
      },
    },
    {
      what: 'difference to the same run in plaintext',
      measured: difference.toFixed(4),
      target: '≤ 0.003',
      met: difference <= 0.003,
      values: { difference, plaintextTestAccuracy: plain.testAccuracy },
    },
  ];
};

const notebookBudget: FederationRow = async (run) => {
  const { testAccuracy } = await run({ ...defaultRunConfig, localBatches: 50 });
  return [
    {
      what: "test accuracy on the notebook's budget: 5 × 50 batches of 16, 10 rounds (notebook: 12.5 %, numpy: 92.3 %)",
      measured: percent(testAccuracy),
      target: '≥ 91.50 %',
      met: testAccuracy >= 0.915,
      values: { testAccuracy },
    },
  ];
};

const notebookCost: FederationRow = async (run) => {
  const small = { localBatches: 20, rounds: 4 };
  const cost = { ckks: [] as number[], notebook: [] as number[] };
  const size = { ckks: 0, notebook: 0 };
  for (const again of [0, 1]) {
    for (const name of ['ckks', 'notebook'] as const) {
      const rounds = trained(await run(scheme(name, small), again));
      cost[name].push(
        ...rounds.map(({ milliseconds: { encrypt, sum, decrypt } }) => encrypt + sum + decrypt),
      );
      size[name] = rounds.at(-1)!.bytesPerParameter;
    }
  }
  const timeRatio = median(cost.notebook) / median(cost.ckks);
  const sizeRatio = size.notebook / size.ckks;
  return [
    {
      what: `bytes per parameter, notebook ÷ ckks (${size.notebook.toFixed(2)} ÷ ${size.ckks.toFixed(2)})`,
      measured: `${sizeRatio.toFixed(1)} ×`,
      target: '≥ 10 ×',
      met: sizeRatio >= 10,
      values: { sizeRatio, notebookBytes: size.notebook, ckksBytes: size.ckks },
    },
    {
      what: `encrypt + sum + decrypt, notebook ÷ ckks (${median(cost.notebook).toFixed(0)} ms ÷ ${median(cost.ckks).toFixed(0)} ms)`,
      measured: `${timeRatio.toFixed(1)} ×`,
      target: '≥ 5 ×',
      met: timeRatio >= 5,
      values: { timeRatio, notebookMs: median(cost.notebook), ckksMs: median(cost.ckks) },
    },
  ];
};

const roundOverhead: FederationRow = async (run) => {
  const rounds = { ckks: [] as RoundMilliseconds[], plaintext: [] as RoundMilliseconds[] };
  for (const again of [0, 1]) {
    for (const name of ['ckks', 'plaintext'] as const) {
      const result = await run(scheme(name, { backend: 'wasm' }), again);
      rounds[name].push(...trained(result).map(({ milliseconds }) => milliseconds));
    }
  }
  const typical = (name: 'ckks' | 'plaintext', part: keyof RoundMilliseconds) =>
    median(rounds[name].map((milliseconds) => milliseconds[part]));
  const ratio = typical('ckks', 'total') / typical('plaintext', 'total');
  const parts = ['encrypt', 'upload', 'sum', 'decrypt'] as const;
  const added = parts.map((part) => typical('ckks', part) - typical('plaintext', part));
  return [
    {
      what: `a round, ckks ÷ plaintext, wasm (${typical('ckks', 'total').toFixed(0)} ms ÷ ${typical('plaintext', 'total').toFixed(0)} ms)`,
      measured: `${ratio.toFixed(3)} ×`,
      target: '≤ 1.15 ×',
      met: ratio <= 1.15,
      values: {
        ratio,
        ckksMs: typical('ckks', 'total'),
        plaintextMs: typical('plaintext', 'total'),
      },
    },
    {
      what: 'milliseconds that encryption adds to a round, by part',
      measured: parts.map((part, index) => `${part} ${added[index]!.toFixed(1)}`).join(', '),
      target: '',
      met: null,
      values: Object.fromEntries(parts.map((part, index) => [`${part}Ms`, added[index]!])),
    },
  ];
};

const bytesPerParameter: FederationRow = async (run) => {
  const limits = [
    ['ckks', 4.5],
    ['bgv', 3.1],
  ] as const;
  const measurements: Measurement[] = [];
  for (const [name, limit] of limits) {
    const result = await run(scheme(name, { localBatches: 5, rounds: 1 }));
    const bytes = trained(result).at(-1)!.bytesPerParameter;
    measurements.push({
      what: `bytes per parameter on the wire, ${name}, 5 clients`,
      measured: bytes.toFixed(3),
      target: `≤ ${limit}`,
      met: bytes <= limit,
      values: { bytesPerParameter: bytes },
    });
  }
  return measurements;
};

/** By name, cheapest first. */
export const federationRows: ReadonlyMap<string, FederationRow> = new Map([
  ['bytes', bytesPerParameter],
  ['notebook-cost', notebookCost],
  ['notebook-budget', notebookBudget],
  ['accuracy', accuracy],
  ['round-overhead', roundOverhead],
]);

/** All rounds but the initial model's, which nobody trained for. */
function trained(result: RunResult) {
  return result.rounds.filter(({ round }) => round > 0);
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`;
}
