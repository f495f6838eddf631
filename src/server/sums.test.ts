// The sums' order, and what becomes of them when the engine breaks: opening, adding, releasing.
import { describe, expect, it } from 'vitest';
import { SchemeError, type SchemeParameters, type Summer } from '../core/encryption/scheme.ts';
import { createSums } from './sums.ts';

type Failing = 'open' | 'add' | 'result' | 'warm-up' | null;

const parameters = { name: 'ckks' } as SchemeParameters;
const broken = { outcome: { ok: false, code: 'engine-broken' } };

/** An engine whose updates are one byte each and whose sum is their sum, until it is told to fail. */
function setUp() {
  const engine = { failing: null as Failing, numMade: 0, numWarmUps: 0 };
  const failIf = (step: Failing) => {
    if (engine.failing === step) throw new Error('a C++ exception');
  };
  const createSummer = () => {
    engine.numMade++;
    let total = 0;
    let numAdded = 0;
    const summer: Summer = {
      get numAdded() {
        return numAdded;
      },
      add(update) {
        failIf('add');
        if (update.length !== 1) throw new SchemeError('bad-update', 'one byte');
        total += update[0]!;
        numAdded++;
      },
      result() {
        failIf('result');
        return Uint8Array.of(total);
      },
      reset() {
        total = 0;
        numAdded = 0;
      },
      dispose() {},
    };
    return new Promise<Summer>((resolve, reject) => {
      if (engine.failing === 'open') reject(new Error('WebAssembly is disabled'));
      else resolve(summer);
    });
  };
  /** Never done: whoever waited for it would hang. */
  const warmUp = () => {
    engine.numWarmUps++;
    failIf('warm-up');
    return new Promise<void>(() => {});
  };
  const sums = createSums({ createSummer, warmUp });
  /** A whole attempt: opened, 2 and 3 added, released. */
  async function attempt(number: number) {
    const key = { runId: 'run', round: 1, attempt: number };
    sums.open(key, parameters);
    const first = await sums.add(key, Uint8Array.of(2));
    const second = await sums.add(key, Uint8Array.of(3));
    return { first, second, released: await sums.release(key) };
  }
  return { engine, sums, attempt };
}

describe('sums', () => {
  it('serve attempt after attempt with one engine', async () => {
    const { engine, attempt } = setUp();
    for (const number of [1, 2]) {
      expect((await attempt(number)).released).toMatchObject({ sum: Uint8Array.of(5) });
    }
    expect(engine.numMade).toBe(1);
  });

  it.each(['open', 'add', 'result'] as const)(
    'say that the engine broke in "%s", and are whole again in the next attempt',
    async (step) => {
      const { engine, attempt } = setUp();
      engine.failing = step;
      const { first, second, released } = await attempt(1);
      const added = step === 'result' ? { outcome: { ok: true } } : broken;
      expect(first).toMatchObject(added);
      expect(second).toMatchObject(added);
      expect(released).toMatchObject({ sum: null });
      engine.failing = null;
      expect((await attempt(2)).released).toMatchObject({ sum: Uint8Array.of(5) });
      expect(engine.numMade).toBe(2);
    },
  );

  it.each([null, 'warm-up'] as const)(
    'are warmed up by the preparation, which no round waits for (failing: %s)',
    async (failing) => {
      const { engine, sums, attempt } = setUp();
      engine.failing = failing;
      sums.prepare('run', parameters);
      expect((await attempt(1)).released).toMatchObject({ sum: Uint8Array.of(5) });
      expect(engine).toMatchObject({ numMade: 1, numWarmUps: 1 });
    },
  );

  it('are not warmed up by a round, nor when it replaces the engine', async () => {
    const { engine, attempt } = setUp();
    engine.failing = 'result';
    await attempt(1);
    engine.failing = null;
    await attempt(2);
    expect(engine).toMatchObject({ numMade: 2, numWarmUps: 0 });
  });

  it('keep the engine when an update is bad, and count it out', async () => {
    const { engine, sums, attempt } = setUp();
    const key = { runId: 'run', round: 1, attempt: 1 };
    sums.open(key, parameters);
    const refused = await sums.add(key, new Uint8Array(2));
    expect(refused).toMatchObject({ outcome: { ok: false, code: 'bad-update' } });
    await sums.add(key, Uint8Array.of(4));
    expect(await sums.release(key)).toMatchObject({ sum: Uint8Array.of(4) });
    await attempt(2);
    expect(engine.numMade).toBe(1);
  });

  it('answer nothing for an attempt that is over, or for a run that was dropped', async () => {
    const { sums, attempt } = setUp();
    await attempt(2);
    const key = { runId: 'run', round: 1, attempt: 1 };
    expect(await sums.add(key, Uint8Array.of(1))).toBeNull();
    expect(await sums.release(key)).toBeNull();
    sums.drop('run');
    expect(await sums.release({ ...key, attempt: 2 })).toBeNull();
  });
});
