// Loading from a made-up server: which files are asked for, what is kept, what damage is noticed.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { DataUnavailable, openDataset } from './static-dataset.ts';

const NUM_PIXELS = 784;

/** Pixel 0 and 1 of example `index` name it; the rest is zero. */
function imagesOf(indices: readonly number[]): Uint8Array<ArrayBuffer> {
  const images = new Uint8Array(indices.length * NUM_PIXELS);
  indices.forEach((index, at) => images.set([index & 255, index >> 8], at * NUM_PIXELS));
  return images;
}

/** As the files hold them: each image a run of its two pixels. */
function packed(indices: readonly number[]): Uint8Array<ArrayBuffer> {
  const lengths = new Uint8Array(new Uint16Array(indices.length).fill(4).buffer);
  const runs = indices.flatMap((index) => [0, 2, index & 255, index >> 8]);
  return Uint8Array.of(...lengths, ...runs);
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

describe('dataset', () => {
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  let fetched: string[] = [];

  async function store(file: string, content: Uint8Array<ArrayBuffer>) {
    files.set(`/data/${file}`, content);
    return { file, numBytes: content.length, sha256: await sha256(content) };
  }

  async function storeSplit(name: string, numExamples: number) {
    const all = Array.from({ length: numExamples }, (_, i) => i);
    const images = [];
    for (let from = 0; from < numExamples; from += 100) {
      const rows = all.slice(from, from + 100);
      const stored = await store(`${name}-${from}.bin`, packed(rows));
      images.push({ ...stored, numExamples: rows.length });
    }
    const labels = await store(
      `${name}-labels.bin`,
      Uint8Array.from(all, (i) => i % 10),
    );
    return { numExamples, labels, images };
  }

  beforeEach(async () => {
    files.clear();
    fetched = [];
    const splits = {
      train: await storeSplit('train', 350),
      validation: await storeSplit('validation', 40),
      test: await storeSplit('test', 20),
    };
    files.set('/data/manifest.json', new TextEncoder().encode(JSON.stringify({ splits })));
    vi.stubGlobal('fetch', (url: string) => {
      fetched.push(url);
      const body = files.get(url);
      return Promise.resolve(new Response(body ?? null, { status: body ? 200 : 404 }));
    });
  });
  afterEach(() => vi.unstubAllGlobals());

  test('the asked examples, in the asked order, with their labels', async () => {
    const dataset = await openDataset('/data/');
    const indices = Uint32Array.of(349, 3, 120, 99, 100, 3);
    const examples = await dataset.loadExamples('train', indices);
    expect(examples.images).toEqual(imagesOf([...indices]));
    expect([...examples.labels]).toEqual([9, 3, 0, 9, 0, 3]);
  });

  test('a whole split without a list', async () => {
    const dataset = await openDataset('/data/');
    expect(dataset.numExamples('validation')).toBe(40);
    const examples = await dataset.loadExamples('validation');
    expect(examples.images).toEqual(imagesOf(Array.from({ length: 40 }, (_, i) => i)));
    expect(examples.labels).toEqual(await dataset.loadLabels('validation'));
  });

  test('chunks that hold nothing asked for are not fetched', async () => {
    const dataset = await openDataset('/data/');
    await dataset.loadExamples('train', Uint32Array.of(150, 320));
    expect(fetched.filter((url) => /train-\d/.test(url))).toEqual([
      '/data/train-100.bin',
      '/data/train-300.bin',
    ]);
  });

  test('loads that overlap fetch a file once, a later load fetches it again', async () => {
    const dataset = await openDataset('/data/');
    const shards = [Uint32Array.of(1, 101), Uint32Array.of(2, 102), Uint32Array.of(3)];
    const [first] = await Promise.all(shards.map((shard) => dataset.loadExamples('train', shard)));
    expect(first!.images).toEqual(imagesOf([1, 101]));
    const times = () => fetched.filter((url) => url.endsWith('train-0.bin')).length;
    expect(times()).toBe(1);
    await dataset.loadExamples('train', Uint32Array.of(1));
    expect(times()).toBe(2);
  });

  test('what was fetched ahead is there for the next load, and for no other', async () => {
    const dataset = await openDataset('/data/');
    dataset.prefetch('train');
    dataset.prefetch('train');
    const times = () => fetched.filter((url) => url.endsWith('train-0.bin')).length;
    await expect.poll(times).toBe(1);
    await dataset.loadLabels('validation');
    const examples = await dataset.loadExamples('train', Uint32Array.of(5));
    expect(examples.images).toEqual(imagesOf([5]));
    expect(times()).toBe(1);
    await dataset.loadExamples('train', Uint32Array.of(5));
    expect(times()).toBe(2);
  });

  test('a file that could not be fetched ahead is fetched by the load', async () => {
    const dataset = await openDataset('/data/');
    const good = files.get('/data/test-0.bin')!;
    files.delete('/data/test-0.bin');
    dataset.prefetch('test');
    await expect.poll(() => fetched.some((url) => url.endsWith('test-0.bin'))).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 20));
    files.set('/data/test-0.bin', good);
    expect((await dataset.loadExamples('test')).labels).toHaveLength(20);
  });

  test('a file that could not be fetched is fetched anew', async () => {
    const dataset = await openDataset('/data/');
    const good = files.get('/data/test-0.bin')!;
    files.delete('/data/test-0.bin');
    await expect(dataset.loadExamples('test')).rejects.toBeInstanceOf(DataUnavailable);
    files.set('/data/test-0.bin', good);
    expect((await dataset.loadExamples('test')).labels).toHaveLength(20);
  });

  test('an index outside the split is refused', async () => {
    const dataset = await openDataset('/data/');
    await expect(dataset.loadExamples('test', Uint32Array.of(20))).rejects.toBeInstanceOf(
      RangeError,
    );
  });

  test('missing files, foreign content, cut files and pages in their place are DataUnavailable', async () => {
    const dataset = await openDataset('/data/');
    const spoil = async (body: Uint8Array<ArrayBuffer> | null) => {
      if (body) files.set('/data/test-0.bin', body);
      else files.delete('/data/test-0.bin');
      const failure = await dataset.loadExamples('test').catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(DataUnavailable);
      expect(failure).toHaveProperty('code', 'data-unavailable');
      expect((failure as Error).message).toContain('test-0.bin');
    };
    const good = files.get('/data/test-0.bin')!;
    const changed = good.slice();
    changed[60] = 1;
    await spoil(changed);
    await spoil(good.slice(0, good.length - 12));
    await spoil(new TextEncoder().encode('<!doctype html>'));
    await spoil(null);
  });

  test('a missing or senseless manifest is DataUnavailable', async () => {
    for (const text of ['{', '{}', '<html>']) {
      files.set('/data/manifest.json', new TextEncoder().encode(text));
      await expect(openDataset('/data/')).rejects.toBeInstanceOf(DataUnavailable);
    }
    files.delete('/data/manifest.json');
    await expect(openDataset('/data/')).rejects.toThrow('404');
  });
});
