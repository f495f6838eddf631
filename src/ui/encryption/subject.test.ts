import { expect, test } from 'vitest';
import { chooseParameters } from '../../core/encryption/parameters.ts';
import { defaultRunConfig } from '../../core/experiment/run-config.ts';
import type { RoundRecord, RunArchive } from '../../core/protocol/view.ts';
import { parameterMeanings } from './parameter-meanings.ts';
import { wireCosts } from './bytes-per-parameter.ts';
import { keysOf, readersOf } from './readability.ts';
import { errorPoints, subjectOf } from './subject.ts';

const NUM_PARAMETERS = 784 * 128 + 128 + 128 * 10 + 10; // the default model
const ckks = chooseParameters('ckks', NUM_PARAMETERS, 5);
const plaintext = chooseParameters('plaintext', NUM_PARAMETERS, 5);
const round = (index: number, twinDifference: number | null) =>
  ({
    round: index,
    quantisationBound: 2e-3,
    quantisationError: 1e-3,
    twinDifference,
  }) as RoundRecord;
const encryptedTwin = {
  summary: { config: { ...defaultRunConfig, encryption: 'bgv' } },
  history: [round(0, null), round(1, null)],
} as unknown as RunArchive;

test('before a run, the configuration in the URL chooses the parameters', () => {
  const outcome = subjectOf({ encryption: null, history: [], twin: null }, defaultRunConfig);
  expect(outcome).toEqual({ ok: true, subject: { of: 'draft', parameters: ckks, history: [] } });
});

test('a run speaks for itself; a plaintext twin speaks for the encrypted run beside it', () => {
  const own = subjectOf({ encryption: ckks, history: [], twin: encryptedTwin }, defaultRunConfig);
  expect(own.ok && own.subject.of).toBe('run');
  const twin = subjectOf(
    { encryption: plaintext, history: [], twin: encryptedTwin },
    defaultRunConfig,
  );
  expect(twin.ok && [twin.subject.of, twin.subject.parameters.name]).toEqual(['twin', 'bgv']);
  const alone = subjectOf({ encryption: plaintext, history: [], twin: null }, defaultRunConfig);
  expect(alone.ok && alone.subject.parameters.name).toBe('plaintext');
});

test('a configuration that fits no parameters is a problem in words', () => {
  const huge = {
    ...defaultRunConfig,
    units: 1024,
    hiddenLayers: 4,
    encryption: 'notebook',
  } as const;
  const outcome = subjectOf({ encryption: null, history: [], twin: null }, huge);
  expect(!outcome.ok && outcome.problem).toMatch(/MiB/);
});

test('errors leave out round 0 and take the difference from whichever run knows it', () => {
  const points = errorPoints(
    [round(0, null), round(1, null), round(2, 7)],
    [round(1, 5), round(2, 9)],
  );
  expect(points.map((point) => [point.round, point.twinDifference])).toEqual([
    [1, 5],
    [2, 7],
  ]);
});

test('bytes a weight are those on the wire, in ascending order', () => {
  const costs = wireCosts(ckks);
  const of = (label: string) =>
    costs.find((cost) => cost.label.startsWith(label))!.bytesPerParameter;
  expect(of('float32')).toBe(4);
  // At 101,770 weights: 13 ciphertexts of 4096 words and a seed, 25 of 2·3·8192 words; FLARE's as SEAL
  // serialises them, 262,257 bytes each.
  expect(of('CKKS')).toBeCloseTo((13 * (32_768 + 64)) / 101_770, 9);
  expect(of('Notebook')).toBeCloseTo((25 * 393_216) / 101_770, 9);
  expect(of('NVIDIA FLARE')).toBeCloseTo((25 * 262_257) / 101_770, 9);
  const sizes = costs.map((cost) => cost.bytesPerParameter);
  expect(sizes).toEqual([...sizes].sort((a, b) => a - b));
});

test('every scheme has its meanings; only what it has is shown', () => {
  const labels = (name: 'ckks' | 'bgv' | 'notebook' | 'plaintext') =>
    parameterMeanings(chooseParameters(name, NUM_PARAMETERS, 5)).map(({ label }) => label);
  expect(labels('ckks')).toContain('Scale');
  expect(labels('bgv')).toContain('Plain modulus');
  expect(labels('bgv')).not.toContain('Scale');
  expect(labels('plaintext')).toEqual(['Security level', 'Levels', 'Update', 'Sum']);
});

test('the matrix never claims more than shared keys give', () => {
  const reads = (name: 'ckks' | 'plaintext', who: RegExp) => {
    const reader = readersOf(name).find((one) => who.test(one.who))!;
    return [reader.update, reader.sum, reader.model];
  };
  expect(reads('ckks', /^The server alone/)).toEqual(['no', 'no', 'no']);
  expect(reads('ckks', /any one client/)).toEqual(['yes', 'yes', 'yes']);
  expect(reads('ckks', /^One client/)).toEqual(['partly', 'yes', 'yes']);
  expect(reads('plaintext', /^The server alone/)).toEqual(['yes', 'yes', 'yes']);
  expect(keysOf('notebook').map(({ name }) => name)).toContain('The public key');
  expect(keysOf('plaintext')).toHaveLength(1);
});
