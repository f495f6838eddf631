// The race of the engines in a browser whose GPU is a software renderer, as all test browsers' are.
import { getBackend, memory } from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { denseModel } from '../core/model/model-spec.ts';
import { openBackend } from '../tfjs/backend.ts';
import { measureExamplesPerSecond } from '../tfjs/calibration.ts';
import { findFastest } from './choose-engine.ts';

vi.mock(import('../tfjs/calibration.ts'), { spy: true });

const shape = { model: denseModel(32, 1), batchSize: 16, optimizer: 'sgd' } as const;

/** Names and speeds in the order that a reason gives them. */
function pacesOf(reason: string): { name: string; speed: number }[] {
  return [...reason.matchAll(/(\d+) examples\/s with (\w+)/g)].map(([, speed, name]) => ({
    name: name!,
    speed: Number(speed),
  }));
}

describe('a race of tfjs alone', () => {
  test('on a software renderer is won by the faster, says by how much, leaves nothing behind', async () => {
    await openBackend('cpu');
    const before = memory().numTensors;
    const { info, lead } = await findFastest(shape, null);
    expect(getBackend()).toBe(info.backend);
    const paces = pacesOf(info.reason);
    expect(paces.map(({ name }) => name).toSorted()).toEqual(['WASM', 'WebGL']);
    expect(paces[0]!.name.toLowerCase()).toBe(info.backend);
    expect(lead).toBeGreaterThanOrEqual(1);
    expect(lead).toBeCloseTo(paces[0]!.speed / paces[1]!.speed, 1);
    expect(memory().numTensors).toBe(before);
  });

  test('does not take its loser out for good', async () => {
    await findFastest(shape, null);
    for (const choice of ['webgl', 'wasm'] as const) {
      expect((await openBackend(choice)).backend).toBe(choice);
    }
  });

  test.each(['sgd', 'momentum', 'adam'] as const)('is run with %s', async (optimizer) => {
    const { info } = await findFastest({ ...shape, optimizer }, null);
    expect(info.reason).toMatch(new RegExp(`\\. Measured on 32 units, batch 16, ${optimizer}\\.$`));
  });
});

describe('a race with an engine outside tfjs', () => {
  afterEach(() => {
    vi.restoreAllMocks();
    vi.mocked(measureExamplesPerSecond).mockReset();
  });
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
    const { info, lead } = await findFastest(shape, rival(1));
    expect(info.backend).toBe('wasm');
    expect(getBackend()).toBe('wasm');
    expect(info.reason).toMatch(
      /^No real GPU; calibrated: \d+ examples\/s with WASM, 1 examples\/s with SIMD\. /,
    );
    expect(lead).toBeCloseTo(pacesOf(info.reason)[0]!.speed, -1);
  });

  test('a fast one wins, and tfjs is given back', async () => {
    const before = memory().numTensors;
    const { info } = await findFastest(shape, rival(1e9));
    expect(info.backend).toBe('simd');
    expect(info.renderer).toBe('Another');
    expect(info.reason).toMatch(/^No real GPU; calibrated: 1000000000 examples\/s with SIMD, /);
    expect(memory().numTensors).toBe(before);
    expect((await openBackend('wasm')).backend).toBe('wasm');
  });

  test('a real GPU’s WebGL, WASM and the rival all run', async () => {
    pretendRealGpu();
    const slow = await findFastest(shape, rival(1));
    const [first, second, third] = pacesOf(slow.info.reason);
    expect(slow.info.reason).toMatch(/^The GPU is real; calibrated: /);
    expect(first!.name.toLowerCase()).toBe(slow.info.backend);
    expect(first!.speed).toBeGreaterThanOrEqual(second!.speed);
    expect([first!.name, second!.name].toSorted()).toEqual(['WASM', 'WebGL']);
    expect(third).toEqual({ name: 'SIMD', speed: 1 });
    const fast = await findFastest(shape, rival(1e9));
    expect(fast.info.backend).toBe('simd');
    expect(pacesOf(fast.info.reason)).toHaveLength(3);
  });

  test('a real GPU wins where it is not slower', async () => {
    pretendRealGpu();
    vi.mocked(measureExamplesPerSecond).mockResolvedValue(100);
    const tie = await findFastest(shape, rival(100));
    expect(tie.info.backend).toBe('webgl');
    expect(tie.lead).toBe(1);
    expect((await findFastest(shape, rival(101))).info.backend).toBe('simd');
  });

  test('a reason has room in a message, with what a client puts in front', async () => {
    pretendRealGpu();
    vi.mocked(measureExamplesPerSecond).mockResolvedValue(1_234_567);
    const long = { model: denseModel(1024, 4), batchSize: 60_000, optimizer: 'momentum' } as const;
    expect((await findFastest(long, rival(1_234_567))).info.reason.length).toBeLessThan(200);
    const note = 'The SIMD step cannot run in this browser. ';
    expect((note + (await findFastest(long, null)).info.reason).length).toBeLessThan(200);
  });

  test('a real GPU is raced against WASM where there is no rival', async () => {
    pretendRealGpu();
    const { info } = await findFastest(shape, null);
    expect(info.reason).toMatch(/^The GPU is real; calibrated: /);
    expect(pacesOf(info.reason)).toHaveLength(2);
  });
});
