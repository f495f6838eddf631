import { describe, expect, it } from 'vitest';
import { defaultRunConfig } from '../core/experiment/run-config.ts';
import { presets } from './form/presets.ts';
import {
  draftConfig,
  isClientPage,
  numClientsOfPage,
  readUrl,
  textsOf,
  writeUrl,
} from './url-state.ts';

describe('reading the URL', () => {
  it('opens the table with the defaults when it says nothing', () => {
    expect(readUrl('')).toEqual({ view: 'table', texts: {}, withTwin: false });
  });

  it('takes the view, the fields and the twin, and no view that does not exist', () => {
    expect(readUrl('?view=model&units=64&twin=1&other=7')).toEqual({
      view: 'model',
      texts: { units: '64' },
      withTwin: true,
    });
    expect(readUrl('?view=kitchen').view).toBe('table');
  });

  it('keeps a bad text, so that the form can say what is wrong', () => {
    const { texts } = readUrl('?units=many');
    expect(draftConfig(texts)).toMatchObject({
      config: { units: defaultRunConfig.units },
      problems: [{ field: 'units' }],
    });
  });

  it('knows a client tab', () => {
    expect(isClientPage('?client&backend=wasm')).toBe(true);
    expect(isClientPage('?client=4')).toBe(true);
    expect(isClientPage('?view=table')).toBe(false);
  });
});

describe('writing the URL', () => {
  it('leaves out what is at its default', () => {
    expect(writeUrl({ view: 'table', texts: { units: '128' }, withTwin: false }, '')).toBe('');
  });

  it('keeps names that are not ours and drops our stale ones', () => {
    const state = { view: 'encryption' as const, texts: { rounds: '3' }, withTwin: false };
    expect(writeUrl(state, '?debug=1&units=64&twin=1')).toBe('?debug=1&view=encryption&rounds=3');
  });

  it('brings every preset back as the same experiment', () => {
    for (const { fields } of presets) {
      const wanted = { ...defaultRunConfig, ...fields };
      const written = writeUrl({ view: 'table', texts: textsOf(wanted), withTwin: true }, '');
      const read = readUrl(written);
      expect(draftConfig(read.texts)).toEqual({ config: wanted, problems: [] });
      expect(read.withTwin).toBe(true);
    }
  });
});

it.each([
  ['?client', 1],
  ['?client=', 1],
  ['?client=5', 5],
  ['?client=1000&backend=cpu', 1000],
  ['?client=0', 1],
  ['?client=1001', 1],
  ['?client=-3', 1],
  ['?client=2.5', 1],
  ['?client=many', 1],
])('%s hosts %d clients', (search, numClients) => {
  expect(numClientsOfPage(search)).toBe(numClients);
});
