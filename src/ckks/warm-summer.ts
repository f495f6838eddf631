// Adds made-up updates before real ones come. WASM starts in a slow tier and is compiled anew while it
// runs; without this, the first round would pay for it, on cores that five clients want at the same time.
import type { SchemeName, SchemeParameters, Summer } from '../core/encryption/scheme.ts';
import { eventLoopTurn } from '../worker/event-loop-turn.ts';
import { contextFor } from './context.ts';
import { acquireEngine, type Engine } from './engine.ts';
import { madeUpCiphertext } from './made-up-ciphertext.ts';
import { createSummerOn } from './summer.ts';

/**
 * Of work, time without a core included: clients warm up meanwhile. With half of it round 1 took 20 ms
 * longer (two cores, five clients).
 */
const BUDGET_MS = 200;

/** The walks that were begun, by engine and scheme. */
const walks = new WeakMap<Engine, Map<SchemeName, Promise<void>>>();

/**
 * Works for about 200 ms on a sum of its own; after each addition, messages that wait are served. Once
 * an engine and scheme: later calls wait for the first. Rejects with SchemeError `engine-broken`.
 */
export async function warmUpSummer(parameters: SchemeParameters): Promise<void> {
  if (parameters.name === 'plaintext') return;
  const engine = await acquireEngine();
  const ofEngine = walks.get(engine) ?? new Map<SchemeName, Promise<void>>();
  walks.set(engine, ofEngine);
  const walk = ofEngine.get(parameters.name) ?? walkOn(engine, parameters);
  ofEngine.set(parameters.name, walk);
  await walk;
}

async function walkOn(engine: Engine, parameters: SchemeParameters): Promise<void> {
  const update = madeUpUpdate(engine, parameters);
  const summer = createSummerOn(engine, parameters);
  try {
    for (let spentMs = 0; spentMs < BUDGET_MS; await eventLoopTurn()) {
      const startedMs = performance.now();
      addOnce(summer, update, parameters.maxContributors);
      spentMs += performance.now() - startedMs;
    }
  } finally {
    summer.dispose();
  }
}

function addOnce(summer: Summer, update: Uint8Array, maxContributors: number): void {
  // The first update of a sum is only stored, the second is added to it.
  if (summer.numAdded === Math.min(2, maxContributors)) summer.reset();
  summer.add(update);
  summer.result();
}

function madeUpUpdate(engine: Engine, parameters: SchemeParameters): Uint8Array {
  const part = madeUpCiphertext(contextFor(engine, parameters).update);
  const update = new Uint8Array(parameters.updateBytes);
  for (let at = 0; at < update.length; at += part.length) update.set(part, at);
  return update;
}
