import { describe, expect, it } from 'vitest';
import { configFields } from '../src/core/experiment/config-fields.ts';
import { defaultRunConfig } from '../src/core/experiment/run-config.ts';
import { parseOptions } from './options.ts';

function optionsOf(line: string) {
  const parsed = parseOptions(line.split(' '));
  if (parsed.kind !== 'run') throw new Error(JSON.stringify(parsed));
  return parsed.options;
}

describe('parseOptions', () => {
  it('takes the defaults where nothing is given', () => {
    expect(optionsOf('run')).toEqual({
      config: defaultRunConfig,
      clientsPerTab: 1,
      out: null,
      headed: false,
      dist: null,
    });
  });

  it('reads every option of the documented command line, with a space or an equals sign', () => {
    const { config, clientsPerTab, out, headed, dist } = optionsOf(
      'run --clients 3 --rounds=4 --seed 7 --partition dirichlet --alpha=0.1 --units 64 --optimizer adam --learning-rate 1e-3 --local-epochs 2 --local-batches 50 --batch-size 32 --fraction 0.5 --encryption bgv --backend wasm --clients-per-tab 3 --out a=b.json --headed --dist elsewhere',
    );
    expect(config).toEqual({
      ...defaultRunConfig,
      clients: 3,
      rounds: 4,
      seed: 7,
      partition: 'dirichlet',
      alpha: 0.1,
      units: 64,
      optimizer: 'adam',
      learningRate: 0.001,
      localEpochs: 2,
      localBatches: 50,
      batchSize: 32,
      fraction: 0.5,
      encryption: 'bgv',
      backend: 'wasm',
    });
    expect([clientsPerTab, out, headed, dist]).toEqual([3, 'a=b.json', true, 'elsewhere']);
  });

  it('lets the minimum follow a smaller number of clients', () => {
    expect(optionsOf('run --clients 1').config.minimumClients).toBe(1);
  });

  it.each([
    ['', 'unknown command ""'],
    ['walk', 'unknown command "walk": expected "run"'],
    ['run fast', 'unexpected "fast": options start with --'],
    ['run --colour red', 'unknown option --colour'],
    ['run --learningRate 1', 'unknown option --learningRate'],
    ['run --rounds', '--rounds needs a value'],
    ['run --rounds --clients 5', '--rounds needs a value'],
    ['run --rounds 1 --rounds 2', '--rounds is given twice'],
    ['run --clients-per-tab 0', '--clients-per-tab must be a whole number from 1 to 100, not "0"'],
    ['study --clients-per-tab 1e1', '--clients-per-tab must be a whole number from 1 to 100'],
    ['run --rounds ten', '--rounds must be a whole number from 1 to 1000, not "ten"'],
    ['run --rounds 1.5', '--rounds must be a whole number from 1 to 1000, not "1.5"'],
    ['run --rounds=', '--rounds must be a whole number from 1 to 1000, not ""'],
    ['run --partition even', '--partition must be one of iid, shards, dirichlet, not "even"'],
    ['run --clients 3 --minimum-clients 4', '--minimum-clients must be at most the number of'],
    ['run --headed=yes', '--headed takes no value'],
    ['run --out=', '--out needs a value'],
  ])('refuses "%s" in one line', (line, message) => {
    const parsed = parseOptions(line.split(' '));
    expect(parsed).toEqual({ kind: 'bad', message: expect.stringContaining(message) });
    expect(parsed.kind === 'bad' && parsed.message.includes('\n')).toBe(false);
  });

  it('lists every field in its help', () => {
    const parsed = parseOptions(['run', '--help']);
    const text = parsed.kind === 'help' ? parsed.text : '';
    expect(text.match(/^ {2}--/gm)).toHaveLength(configFields.length + 4);
    expect(text).toContain('--learning-rate: Step size of the local optimizer.');
    expect(text).toContain('default whole epochs.');
  });
});
