// The rows' arithmetic over runs made up here: ratios the right way round, medians over the rounds
// of interleaved runs, round 0 left out.
import { describe, expect, it } from 'vitest';
import { finishedView } from '../../src/testing/samples/sample-view.ts';
import { shapeResult, type RunResult } from '../../headless/result.ts';
import { federationRows, type RunFederation } from './federation-rows.ts';

const base = shapeResult(finishedView(), 1000);
const bytes = { ckks: 4, bgv: 3, notebook: 60, plaintext: 4 };
const slow = { ckks: 1, bgv: 1, notebook: 8, plaintext: 0 };

const runs: string[] = [];
const pretend: RunFederation = (config, again = 0) => {
  runs.push(`${config.encryption}${again}`);
  const cost = slow[config.encryption];
  const rounds: RunResult['rounds'] = base.rounds.map((round) => ({
    ...round,
    bytesPerParameter: bytes[config.encryption],
    milliseconds: {
      ...round.milliseconds,
      // Round 0 and the repetition are outliers in opposite directions.
      total: round.round === 0 ? 99_999 : 1000 + 100 * cost + 10 * again,
      encrypt: round.round === 0 ? 99_999 : 10 * cost,
      sum: 2 * cost,
      decrypt: 3 * cost,
    },
  }));
  const testAccuracy = config.encryption === 'plaintext' ? 0.974 : 0.971;
  return Promise.resolve({ ...base, config, rounds, testAccuracy });
};

const measure = (row: string) => federationRows.get(row)!(pretend);

describe('federationRows', () => {
  it('compares the notebook with ckks, in turns', async () => {
    runs.length = 0;
    const [size, time] = await measure('notebook-cost');
    expect(runs).toEqual(['ckks0', 'notebook0', 'ckks1', 'notebook1']);
    expect(size).toMatchObject({ measured: '15.0 ×', met: true });
    expect(time).toMatchObject({ measured: '8.0 ×', met: true, values: { ckksMs: 15 } });
  });

  it('divides the encrypted round by the plaintext one and says what was added', async () => {
    const [ratio, added] = await measure('round-overhead');
    expect(ratio!.values).toMatchObject({ ckksMs: 1105, plaintextMs: 1005 });
    expect(ratio).toMatchObject({ measured: '1.100 ×', met: true });
    expect(added!.measured).toBe('encrypt 10.0, upload 0.0, sum 2.0, decrypt 3.0');
  });

  it('judges accuracies against their targets', async () => {
    const [reached, difference] = await measure('accuracy');
    expect(reached).toMatchObject({ measured: '97.10 %', met: true });
    expect(difference).toMatchObject({ measured: '0.0030' });
    expect((await measure('notebook-budget'))[0]).toMatchObject({ met: true });
  });

  it('takes the bytes on the wire', async () => {
    expect((await measure('bytes')).map(({ measured, met }) => [measured, met])).toEqual([
      ['4.000', true],
      ['3.000', true],
    ]);
  });
});
