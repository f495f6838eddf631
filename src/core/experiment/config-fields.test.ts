// The form's and the command line's fields say the same as the schema, which has the last word.
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { configFields, readConfig, writeConfig, type NumberField } from './config-fields.ts';
import { defaultRunConfig, runConfigSchema } from './run-config.ts';

const numberFields = configFields.filter((field): field is NumberField => field.kind !== 'choice');

function isTaken(name: string, value: unknown): boolean {
  return v.safeParse(runConfigSchema, { ...defaultRunConfig, [name]: value }).success;
}

describe('configFields', () => {
  it('has every field of the schema once', () => {
    const names = configFields.map(({ name }) => name);
    expect([...names].sort()).toEqual(Object.keys(runConfigSchema.entries).sort());
  });

  it.each(numberFields)('$name: the schema takes its limits and nothing beyond', (field) => {
    const beyond = field.kind === 'integer' ? 1 : Math.max(1e-9, field.high * 1e-6);
    expect(isTaken(field.name, field.low)).toBe(true);
    expect(isTaken(field.name, field.high)).toBe(true);
    expect(isTaken(field.name, field.low - beyond)).toBe(false);
    expect(isTaken(field.name, field.high + beyond)).toBe(false);
    expect(isTaken(field.name, null)).toBe(field.empty !== undefined);
    const between = field.low + (field.high - field.low) * 0.123456789;
    expect(isTaken(field.name, between)).toBe(field.kind === 'real');
  });

  it('offers exactly the choices of the schema', () => {
    for (const field of configFields) {
      if (field.kind !== 'choice') continue;
      const schema = runConfigSchema.entries[field.name] as {
        readonly options?: readonly string[];
      };
      expect(field.choices.map(({ value }) => value).sort()).toEqual([...schema.options!].sort());
    }
  });
});

describe('readConfig and writeConfig', () => {
  it('reads what it has written', () => {
    const config = {
      ...defaultRunConfig,
      clients: 7,
      alpha: 0.1,
      localBatches: 50,
      partition: 'dirichlet' as const,
    };
    const texts = writeConfig(config);
    expect(Object.keys(texts).sort()).toEqual(['alpha', 'clients', 'localBatches', 'partition']);
    expect(readConfig(texts)).toEqual({ config, problems: [] });
    expect(readConfig(writeConfig(defaultRunConfig, config), config).config).toEqual(
      defaultRunConfig,
    );
  });

  it('names each problem and keeps the default', () => {
    const { config, problems } = readConfig({
      clients: '0',
      rounds: '2.5',
      optimizer: 'magic',
      seed: '',
    });
    expect(config).toEqual(defaultRunConfig);
    expect(problems.map(({ field }) => field).sort()).toEqual([
      'clients',
      'optimizer',
      'rounds',
      'seed',
    ]);
    expect(problems.find(({ field }) => field === 'clients')!.expected).toBe(
      'a whole number from 1 to 100',
    );
  });

  it('holds the minimum to the number of clients, and complains only if it was asked for', () => {
    expect(readConfig({ clients: '1' })).toMatchObject({
      config: { minimumClients: 1 },
      problems: [],
    });
    const { config, problems } = readConfig({ clients: '3', minimumClients: '4' });
    expect(config.minimumClients).toBe(3);
    expect(problems).toHaveLength(1);
  });
});
