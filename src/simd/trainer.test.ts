// The trainer's conformance in Node, and what is particular to the SIMD step.
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { describeTrainer } from '../testing/trainer-conformance.ts';
import { createSimdTrainer, type KernelChoice } from './trainer.ts';

const wasm = readFileSync('src/simd/training-step.wasm');
const module = new WebAssembly.Module(wasm);
const create = (kernels: KernelChoice) => createSimdTrainer({ module, reason: 'A test.', kernels });

for (const kernels of ['dense', 'sparse', 'measured'] as const) {
  describeTrainer(`simd (${kernels})`, () => create(kernels));
}

test('is at most 25 kB of gzip', () => {
  expect(gzipSync(wasm).byteLength).toBeLessThanOrEqual(25_000);
});
