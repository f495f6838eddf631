// Reads the static MNIST files (made by scripts/prepare-data.mjs) in a worker: only the chunks that
// hold asked examples are fetched, one after the other, and of each only the asked images are kept.
// Every file's content is checked against the manifest's SHA-256.
import * as v from 'valibot';
import { NUM_PIXELS } from '../core/model/model-spec.ts';
import type { EvaluationSplit, Examples } from '../core/training/trainer.ts';

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
  /** The examples at `indices` in their order, or all of the split. */
  loadExamples(split: Split, indices?: Uint32Array): Promise<Examples>;
}

/**
 * Opens the data set whose manifest lies under `baseUrl` (ending in a slash, e.g. "/data/").
 * This and the loads reject with {@link DataUnavailable}; an index outside the split with RangeError.
 */
export async function openDataset(baseUrl: string): Promise<Dataset> {
  const manifest = await readManifest(baseUrl);

  async function loadLabels(split: Split): Promise<Uint8Array<ArrayBuffer>> {
    return readFile(baseUrl, manifest.splits[split].labels);
  }

  async function loadExamples(split: Split, indices?: Uint32Array): Promise<Examples> {
    const { numExamples, images: chunks } = manifest.splits[split];
    const wanted = indices ?? Uint32Array.from({ length: numExamples }, (_, i) => i);
    if (wanted.some((index) => index >= numExamples)) {
      throw new RangeError(`${split} has ${numExamples} examples`);
    }
    const allLabels = await loadLabels(split);
    const images = new Uint8Array(wanted.length * NUM_PIXELS);
    let first = 0;
    for (const chunk of chunks) {
      const next = first + chunk.numExamples;
      const isHere = (index: number) => first <= index && index < next;
      if (wanted.some(isHere)) {
        const pixels = await readFile(baseUrl, chunk);
        wanted.forEach((index, at) => {
          if (!isHere(index)) return;
          const from = (index - first) * NUM_PIXELS;
          images.set(pixels.subarray(from, from + NUM_PIXELS), at * NUM_PIXELS);
        });
      }
      first = next;
    }
    return { images, labels: Uint8Array.from(wanted, (index) => allLabels[index]!) };
  }

  return {
    numExamples: (split) => manifest.splits[split].numExamples,
    loadLabels,
    loadExamples,
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
    const fits = images.every((chunk) => chunk.numBytes === chunk.numExamples * NUM_PIXELS);
    if (inChunks !== numExamples || labels.numBytes !== numExamples || !fits) {
      throw new DataUnavailable(
        'The MNIST manifest contradicts itself: run scripts/prepare-data.mjs again.',
      );
    }
  }
  return manifest;
}

/** Fetches a gzip file, decompresses it and checks length and digest. */
async function readFile(baseUrl: string, stored: StoredFile): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetchOk(baseUrl + stored.file);
  let content: Uint8Array<ArrayBuffer>;
  try {
    const decompressed = response.body!.pipeThrough(new DecompressionStream('gzip'));
    content = new Uint8Array(await new Response(decompressed).arrayBuffer());
  } catch (cause) {
    throw new DataUnavailable(`${stored.file} is damaged: run scripts/prepare-data.mjs again.`, {
      cause,
    });
  }
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', content));
  const hex = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
  if (content.length !== stored.numBytes || hex !== stored.sha256) {
    throw new DataUnavailable(`${stored.file} is not the file that the manifest names.`);
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
