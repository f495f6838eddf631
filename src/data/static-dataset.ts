// Reads the static MNIST files (made by scripts/prepare-data.mjs) in a worker: only the chunks that
// hold asked examples are fetched, and of each only the asked images are unpacked. Every file is
// checked against the manifest's SHA-256. Loads that overlap, as those of several clients in one worker
// do, share what they fetch.
import * as v from 'valibot';
import { NUM_PIXELS } from '../core/model/model-spec.ts';
import type { EvaluationSplit, Examples } from '../core/training/trainer.ts';
import { runOffsets, unpackImage } from './lit-runs.ts';

export type Split = 'train' | EvaluationSplit;

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const fileSchema = v.object({ file: v.string(), numBytes: count, sha256: v.string() });
const splitSchema = v.object({
  numExamples: count,
  labels: fileSchema,
  images: v.array(v.object({ ...fileSchema.entries, numExamples: count })),
});
const manifestSchema = v.object({
  splits: v.object({ train: splitSchema, validation: splitSchema, test: splitSchema }),
});
type Manifest = v.InferOutput<typeof manifestSchema>;
type StoredFile = v.InferOutput<typeof fileSchema>;

/** The data files are missing, damaged or not what the manifest says; `message` is for users. */
export class DataUnavailable extends Error {
  override readonly name = 'DataUnavailable';
  readonly code = 'data-unavailable';
}

export interface Dataset {
  numExamples(split: Split): number;
  /** [numExamples] labels in 0–9. */
  loadLabels(split: Split): Promise<Uint8Array<ArrayBuffer>>;
  /** Begins to fetch the split, and keeps it until a load of it has ended. Failures are the load's to tell. */
  prefetch(split: Split): void;
  /** The examples at `indices` in their order, or all of the split. */
  loadExamples(split: Split, indices?: Uint32Array): Promise<Examples>;
}

/**
 * Opens the data set whose manifest lies under `baseUrl` (ending in a slash, e.g. "/data/").
 * This and the loads reject with {@link DataUnavailable}; an index outside the split with RangeError.
 */
export async function openDataset(baseUrl: string): Promise<Dataset> {
  const manifest = await readManifest(baseUrl);

  const files = createSharedFiles(baseUrl);
  /** What lets go of each split. */
  const prefetched = new Map<Split, () => void>();

  async function loadLabels(split: Split): Promise<Uint8Array<ArrayBuffer>> {
    return files.read(manifest.splits[split].labels);
  }

  async function loadExamples(split: Split, indices?: Uint32Array): Promise<Examples> {
    const { numExamples, images: chunks } = manifest.splits[split];
    const wanted = indices ?? Uint32Array.from({ length: numExamples }, (_, i) => i);
    if (wanted.some((index) => index >= numExamples)) {
      throw new RangeError(`${split} has ${numExamples} examples`);
    }
    const images = new Uint8Array(wanted.length * NUM_PIXELS);
    const allLabels = await loadLabels(split);
    let first = 0;
    const unpacking = chunks.map(async (chunk) => {
      const from = first;
      const to = (first += chunk.numExamples);
      if (!wanted.some((index) => from <= index && index < to)) return;
      unpackChunk(await files.read(chunk), chunk, from, wanted, images);
    });
    await Promise.all(unpacking);
    return { images, labels: Uint8Array.from(wanted, (index) => allLabels[index]!) };
  }

  return {
    numExamples: (split) => manifest.splits[split].numExamples,
    prefetch(split) {
      if (prefetched.has(split)) return;
      prefetched.set(split, files.hold());
      const { labels, images } = manifest.splits[split];
      for (const stored of [labels, ...images]) files.read(stored).catch(() => undefined);
    },
    loadLabels: (split) => files.during(() => loadLabels(split)),
    loadExamples: (split, indices) =>
      files.during(async () => {
        try {
          return await loadExamples(split, indices);
        } finally {
          prefetched.get(split)?.();
          prefetched.delete(split);
        }
      }),
  };
}

/** Those of `wanted` that lie in the chunk, whose first example is `first`, to their places in `images`. */
function unpackChunk(
  file: Uint8Array,
  { file: name, numExamples }: Manifest['splits']['train']['images'][number],
  first: number,
  wanted: Uint32Array,
  images: Uint8Array,
): void {
  try {
    const offsets = runOffsets(file, numExamples);
    for (let at = 0; at < wanted.length; at++) {
      const row = wanted[at]! - first;
      if (row < 0 || row >= numExamples) continue;
      const pixels = images.subarray(at * NUM_PIXELS, (at + 1) * NUM_PIXELS);
      unpackImage(file, offsets[row]!, offsets[row + 1]!, pixels);
    }
  } catch (cause) {
    throw new DataUnavailable(`${name} is damaged: run scripts/prepare-data.mjs again.`, { cause });
  }
}

interface SharedFiles {
  /** Fetched and checked once for all work that is going on. */
  read(stored: StoredFile): Promise<Uint8Array<ArrayBuffer>>;
  /** Keeps what is read from now on until the returned function is called. */
  hold(): () => void;
  /** What `work` reads is kept until it, and all work that overlaps it, is done. */
  during<Result>(work: () => Promise<Result>): Promise<Result>;
}

function createSharedFiles(baseUrl: string): SharedFiles {
  const reading = new Map<string, Promise<Uint8Array<ArrayBuffer>>>();
  let numHolders = 0;

  function hold(): () => void {
    numHolders++;
    return () => {
      if (--numHolders === 0) reading.clear();
    };
  }

  return {
    read(stored) {
      const known = reading.get(stored.file);
      if (known !== undefined) return known;
      const file = readFile(baseUrl, stored);
      reading.set(stored.file, file);
      // What could not be fetched is fetched anew the next time.
      file.catch(() => reading.delete(stored.file));
      return file;
    },
    hold,
    async during(work) {
      const letGo = hold();
      try {
        return await work();
      } finally {
        letGo();
      }
    },
  };
}

async function readManifest(baseUrl: string): Promise<Manifest> {
  const response = await fetchOk(`${baseUrl}manifest.json`);
  let manifest: Manifest;
  try {
    manifest = v.parse(manifestSchema, await response.json());
  } catch {
    throw new DataUnavailable(
      'The MNIST manifest cannot be read: run scripts/prepare-data.mjs again.',
    );
  }
  for (const { numExamples, labels, images } of Object.values(manifest.splits)) {
    const inChunks = images.reduce((sum, chunk) => sum + chunk.numExamples, 0);
    if (inChunks !== numExamples || labels.numBytes !== numExamples) {
      throw new DataUnavailable(
        'The MNIST manifest contradicts itself: run scripts/prepare-data.mjs again.',
      );
    }
  }
  return manifest;
}

/** Fetches a file and checks length and digest. */
async function readFile(baseUrl: string, stored: StoredFile): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetchOk(baseUrl + stored.file);
  const content = new Uint8Array(await response.arrayBuffer());
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', content));
  const hex = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
  if (content.length !== stored.numBytes || hex !== stored.sha256) {
    throw new DataUnavailable(
      `${stored.file} is not the file that the manifest names: run scripts/prepare-data.mjs again.`,
    );
  }
  return content;
}

async function fetchOk(url: string): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url);
  } catch (cause) {
    throw new DataUnavailable(`${url} cannot be reached.`, { cause });
  }
  if (!response.ok) throw new DataUnavailable(`${url} is missing (HTTP ${response.status}).`);
  return response;
}
