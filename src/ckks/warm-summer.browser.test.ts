// What SEAL is made to do by a warm-up, counted at SEAL's own functions. Each test has a new engine.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { chooseParameters } from '../core/encryption/parameters.ts';
import type { SchemeName } from '../core/encryption/scheme.ts';
import { acquireEngine, type Engine } from './engine.ts';
import { warmUpSummer } from './warm-summer.ts';

const parametersOf = (name: SchemeName, maxContributors = 3) =>
  chooseParameters(name, 9_000, maxContributors);

function breakEngine(engine: Engine): void {
  const trap = () => {
    throw new WebAssembly.RuntimeError('unreachable');
  };
  expect(() => engine.run(trap)).toThrow(expect.objectContaining({ code: 'engine-broken' }));
}

function watch({ seal: { Ciphertext, Evaluator } }: Engine) {
  return {
    loads: vi.spyOn(Ciphertext.prototype, 'loadFromArray'),
    additions: vi.spyOn(Evaluator.prototype, 'addInplace'),
    made: vi.spyOn(Ciphertext.prototype, 'saveToArray'),
    deletions: vi.spyOn(Evaluator.prototype, 'delete'),
  };
}

let engine: Engine;

beforeEach(async () => {
  engine = await acquireEngine();
});

afterEach(() => {
  vi.restoreAllMocks();
  breakEngine(engine);
});

test('the first of a scheme adds, the next does not, another scheme does', async () => {
  const { loads, additions, made, deletions } = watch(engine);
  await Promise.all([warmUpSummer(parametersOf('ckks')), warmUpSummer(parametersOf('ckks', 5))]);
  const { numCiphertexts } = parametersOf('ckks');
  for (const spy of [loads, additions, made]) {
    expect(spy.mock.calls.length).toBeGreaterThanOrEqual(numCiphertexts);
  }
  expect(deletions).toHaveBeenCalledTimes(1);
  const before = loads.mock.calls.length;
  await warmUpSummer(parametersOf('ckks', 9));
  await warmUpSummer(parametersOf('plaintext'));
  expect(loads.mock.calls.length).toBe(before);
  await warmUpSummer(parametersOf('bgv'));
  expect(loads.mock.calls.length).toBeGreaterThan(before);
  expect(deletions).toHaveBeenCalledTimes(2);
});

test('a sum for a single client is warmed up, too', async () => {
  const { loads, additions } = watch(engine);
  await warmUpSummer(parametersOf('ckks', 1));
  expect(loads).toHaveBeenCalled();
  expect(additions).not.toHaveBeenCalled();
});

test('messages are served between two additions', async () => {
  const { loads } = watch(engine);
  const seen: number[] = [];
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    seen.push(loads.mock.calls.length);
    port2.postMessage(null);
  };
  port2.postMessage(null);
  await warmUpSummer(parametersOf('ckks'));
  port1.close();
  expect(new Set(seen).size).toBeGreaterThan(2);
});

test('an engine that breaks meanwhile is told, and the next one is warmed up', async () => {
  const { additions } = watch(engine);
  additions.mockImplementationOnce(() => {
    throw new WebAssembly.RuntimeError('unreachable');
  });
  const broken = expect.objectContaining({ code: 'engine-broken' });
  await expect(warmUpSummer(parametersOf('ckks'))).rejects.toEqual(broken);
  expect(engine.broken).toBe(true);
  engine = await acquireEngine();
  const { loads } = watch(engine);
  await warmUpSummer(parametersOf('ckks'));
  expect(loads).toHaveBeenCalled();
});

test('what fails otherwise leaves no sum behind', async () => {
  const { additions, deletions } = watch(engine);
  additions.mockImplementationOnce(() => {
    throw new RangeError('ours');
  });
  await expect(warmUpSummer(parametersOf('bgv'))).rejects.toThrow(RangeError);
  expect(deletions).toHaveBeenCalledTimes(1);
});
