// Choosing a backend in a browser whose GPU is a software renderer, as all test browsers' are.
import { backend, env, getBackend, memory } from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { denseModel } from '../core/model/model-spec.ts';
import { isSoftwareRenderer, openBackend, raceAgainst } from './backend.ts';

const options = { model: denseModel(32, 1), batchSize: 16 };

test.each([
  [
    'ANGLE (Google, Vulkan 1.3.0 (SwiftShader Device (Subzero) (0x0000C0DE)), SwiftShader driver)',
    true,
  ],
  ['ANGLE (Mesa, llvmpipe (LLVM 15.0.6 256 bits), OpenGL ES 3.2)', true],
  ['ANGLE (Microsoft, Microsoft Basic Render Driver Direct3D11 vs_5_0 ps_5_0, D3D11)', true],
  ['Apple Software Renderer', true],
  ['ANGLE (NVIDIA, NVIDIA GeForce RTX 3060 Direct3D11 vs_5_0 ps_5_0, D3D11)', false],
  ['ANGLE (Apple, ANGLE Metal Renderer: Apple M2, Unspecified Version)', false],
  ['Adreno (TM) 640', false],
])('%s runs on the CPU: %s', (renderer, software) => {
  expect(isSoftwareRenderer(renderer)).toBe(software);
});

describe('forced', () => {
  test.each(['webgl', 'wasm', 'cpu'] as const)('%s is what runs', async (choice) => {
    const info = await openBackend(choice, options);
    expect(info.backend).toBe(choice);
    expect(getBackend()).toBe(choice);
    expect(info.renderer).not.toBe('');
  });

  test('WebGL counts as float32 where it renders float32', async () => {
    await openBackend('webgl', options);
    expect(env().getBool('WEBGL_RENDER_FLOAT32_ENABLED')).toBe(true);
    expect(backend().floatPrecision()).toBe(32);
    expect(backend().epsilon()).toBe(1e-7);
  });

  test('WASM runs the SIMD binary, without threads', async () => {
    await openBackend('wasm', options);
    expect(env().get('WASM_HAS_MULTITHREAD_SUPPORT')).toBe(false);
    expect(env().get('WASM_HAS_SIMD_SUPPORT')).toBe(true);
  });
});

describe('auto', () => {
  test('on a software renderer takes the faster in a race, says by how much, leaves nothing behind', async () => {
    await openBackend('cpu', options);
    const before = memory().numTensors;
    const info = await openBackend('auto', options);
    expect(getBackend()).toBe(info.backend);
    const paces = /: (\d+) examples\/s with (\w+), (\d+) examples\/s with (\w+)\.$/.exec(
      info.reason,
    );
    expect(paces?.[2]?.toLowerCase()).toBe(info.backend);
    expect(Number(paces?.[1])).toBeGreaterThanOrEqual(Number(paces?.[3]));
    expect(memory().numTensors).toBe(before);
  });

  test('does not race again when told what it found earlier', async () => {
    const earlier = { backend: 'cpu', renderer: 'JavaScript', reason: 'Found earlier.' } as const;
    expect(await openBackend('auto', { ...options, earlier })).toEqual(earlier);
    expect(getBackend()).toBe('cpu');
  });

  test('the loser of the race can still be forced afterwards', async () => {
    await openBackend('auto', options);
    for (const choice of ['webgl', 'wasm'] as const) {
      expect((await openBackend(choice, options)).backend).toBe(choice);
    }
  });
});

describe('a race with an engine outside tfjs', () => {
  afterEach(() => vi.restoreAllMocks());
  const rival = (examplesPerSecond: number) => ({
    info: { backend: 'simd', renderer: 'Another', reason: '' } as const,
    examplesPerSecond,
  });
  const pretendRealGpu = () => {
    const original = WebGL2RenderingContext.prototype.getParameter;
    const UNMASKED_RENDERER = 0x9246; // WEBGL_debug_renderer_info
    vi.spyOn(WebGL2RenderingContext.prototype, 'getParameter').mockImplementation(function (
      this: WebGL2RenderingContext,
      name,
    ) {
      return name === UNMASKED_RENDERER
        ? 'ANGLE (NVIDIA, NVIDIA GeForce RTX 3060 Direct3D11 vs_5_0 ps_5_0, D3D11)'
        : (original.call(this, name) as unknown);
    });
  };

  test('a slow one loses to WASM', async () => {
    const info = await raceAgainst(rival(1), options);
    expect(info.backend).toBe('wasm');
    expect(getBackend()).toBe('wasm');
    expect(info.reason).toMatch(
      /^No real GPU; calibrated: \d+ examples\/s with WASM, 1 examples\/s with SIMD\.$/,
    );
  });

  test('a fast one wins, and tfjs is given back', async () => {
    const before = memory().numTensors;
    const info = await raceAgainst(rival(1e9), options);
    expect(info.backend).toBe('simd');
    expect(info.renderer).toBe('Another');
    expect(info.reason).toMatch(/^No real GPU; calibrated: 1000000000 examples\/s with SIMD, /);
    expect(memory().numTensors).toBe(before);
    expect((await openBackend('wasm', options)).backend).toBe('wasm');
  });

  test('a real GPU runs against it alone, and wins when it is not slower', async () => {
    pretendRealGpu();
    const won = await raceAgainst(rival(1), options);
    expect(won.backend).toBe('webgl');
    expect(won.reason).toMatch(
      /^The GPU is real; calibrated: \d+ examples\/s with WebGL, 1 examples\/s with SIMD\.$/,
    );
    const lost = await raceAgainst(rival(1e9), options);
    expect(lost.backend).toBe('simd');
    expect(lost.reason).toMatch(
      /^The GPU is real; calibrated: 1000000000 examples\/s with SIMD, \d+ examples\/s with WebGL\.$/,
    );
  });
});
