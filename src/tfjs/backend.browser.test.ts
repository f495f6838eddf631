// Opening a backend, in a real browser.
import { backend, env, getBackend } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { openBackend } from './backend.ts';

describe('forced', () => {
  test.each(['webgl', 'wasm', 'cpu'] as const)('%s is what runs', async (choice) => {
    const info = await openBackend(choice);
    expect(info.backend).toBe(choice);
    expect(getBackend()).toBe(choice);
    expect(info.renderer).not.toBe('');
  });

  test('WebGL counts as float32 where it renders float32', async () => {
    await openBackend('webgl');
    expect(env().getBool('WEBGL_RENDER_FLOAT32_ENABLED')).toBe(true);
    expect(backend().floatPrecision()).toBe(32);
    expect(backend().epsilon()).toBe(1e-7);
  });

  test('WASM runs the SIMD binary, without threads', async () => {
    await openBackend('wasm');
    expect(env().get('WASM_HAS_MULTITHREAD_SUPPORT')).toBe(false);
    expect(env().get('WASM_HAS_SIMD_SUPPORT')).toBe(true);
  });
});

test('an opened backend says why it was opened', async () => {
  expect((await openBackend('cpu')).reason).toBe('Chosen by hand.');
  expect((await openBackend('cpu', 'Found earlier.')).reason).toBe('Found earlier.');
});
