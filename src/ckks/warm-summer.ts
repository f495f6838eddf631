// A summer whose code is warm. WASM starts in a slow tier and is compiled anew while it runs; without
// this, the first round would pay for it, on cores that five clients want at the same time.
import type { SchemeParameters, Summer } from '../core/encryption/scheme.ts';
import { madeUpCiphertext } from './byte-gate.ts';
import { contextFor } from './context.ts';
import { acquireEngine, type Engine } from './engine.ts';
import { createSummer } from './summer.ts';

/** Of work; more made no difference to round 1. */
const BUDGET_MS = 100;

/** Names of the schemes that an engine has added with. */
const warm = new WeakMap<Engine, Set<string>>();

/**
 * An empty sum as of createSummer. The first of a scheme takes about 100 ms longer: made-up updates
 * are added and thrown away, with a pause after each in which other messages are served.
 */
export async function createWarmSummer(parameters: SchemeParameters): Promise<Summer> {
  const summer = await createSummer(parameters);
  if (parameters.name === 'plaintext') return summer;
  const engine = await acquireEngine();
  const names = warm.get(engine) ?? new Set();
  warm.set(engine, names);
  if (names.has(parameters.name)) return summer;
  names.add(parameters.name);
  await walk(summer, madeUpUpdate(engine, parameters), parameters.maxContributors);
  return summer;
}

async function walk(summer: Summer, update: Uint8Array, maxContributors: number): Promise<void> {
  // The first update of a sum is only stored, the second is added to it.
  const mostAdded = Math.min(2, maxContributors);
  let spentMs = 0;
  do {
    const startedMs = performance.now();
    if (summer.numAdded === mostAdded) summer.reset();
    summer.add(update);
    summer.result();
    spentMs += performance.now() - startedMs;
    await new Promise((resolve) => setTimeout(resolve));
  } while (spentMs < BUDGET_MS);
  summer.reset();
}

function madeUpUpdate(engine: Engine, parameters: SchemeParameters): Uint8Array {
  const part = madeUpCiphertext(contextFor(engine, parameters).update);
  const update = new Uint8Array(parameters.updateBytes);
  for (let at = 0; at < update.length; at += part.length) update.set(part, at);
  return update;
}
