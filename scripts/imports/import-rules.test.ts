// Every rule is shown to catch a planted violation, and a federation in order to pass: a rule that
// never fires protects nothing.
import { existsSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { buildGraph } from './import-graph.ts';
import {
  coreFloors,
  findCycles,
  findMissing,
  findViolations,
  importRules,
  namedFiles,
} from './import-rules.ts';

const inOrder: Record<string, string> = {
  'src/core/protocol/schema.ts': `import * as v from 'valibot';`,
  'src/core/federation/coordinator.ts': `import { id } from '../protocol/schema.ts';`,
  'src/core/federation/coordinator.test.ts': `import { simulate } from '../../testing/simulation.ts'; import fc from 'fast-check';`,
  'src/testing/simulation.ts': `import { step } from '../core/federation/coordinator.ts';`,
  'src/ckks/parameters.ts': `import { id } from '../core/protocol/schema.ts';`,
  'src/ckks/context.ts': `import SEAL from 'node-seal'; import { choose } from './parameters.ts';`,
  'src/core/encryption/summer.ts': `export const add = 1;`,
  'src/ckks/decryptor.ts': `import SEAL from 'node-seal';`,
  'src/ckks/client-scheme.ts': `import { open } from './decryptor.ts';`,
  'src/tfjs/trainer.ts': `import * as tf from '@tensorflow/tfjs-core/dist/index.js';`,
  'src/client/worker.ts': `import { t } from '../tfjs/trainer.ts'; import { s } from '../ckks/client-scheme.ts';`,
  'src/server/worker.ts': `import { sum } from '../core/encryption/summer.ts'; import { step } from '../core/federation/coordinator.ts';`,
  'src/server/node/files.ts': `import { open } from 'node:fs/promises'; import { step } from '../../core/federation/coordinator.ts';`,
  'src/ui/main.tsx': `import { App } from './app.tsx'; new Worker(new URL('../client/worker.ts', import.meta.url));`,
  'src/ui/charts/line.tsx': `import { useId } from 'react'; export const id = useId;`,
  'src/ui/app.tsx': `import { useState } from 'react'; import { id } from '../core/protocol/schema.ts'; export const App = () => <b>{useState(1)}</b>;`,
};

/** [rule, file, its source in place of the one above] */
const planted: readonly (readonly [string, string, string])[] = [
  ['core-is-pure', 'src/core/clock.ts', `import { useState } from 'react';`],
  ['core-is-pure', 'src/core/clock.ts', `import type { Trainer } from '../tfjs/trainer.ts';`],
  ['core-is-pure', 'src/core/clock.ts', `import { readFile } from 'node:fs';`],
  ['core-is-pure', 'src/core/clock.ts', `export * from '../ckks/context.ts';`],
  ['core-has-floors', 'src/core/math/vector.ts', `import type { M } from '../model/spec.ts';`],
  ['core-has-floors', 'src/core/protocol/schema.ts', `import { s } from '../federation/table.ts';`],
  ['core-has-floors', 'src/core/model/spec.ts', `import { t } from '../tuning/study.ts';`],
  ['core-has-floors', 'src/core/cellar/x.ts', `import { s } from '../protocol/schema.ts';`],
  ['core-has-floors', 'src/core/math/vector.ts', `import { x } from '../cellar/x.ts';`],
  ['core-has-floors', 'src/core/federation/run/a.ts', `import { s } from '../study/b.ts';`],
  ['core-has-floors', 'src/core/federation/client/a.ts', `import { s } from '../run/b.ts';`],
  ['server-cannot-decrypt', 'src/server/worker.ts', `export { o } from '../ckks/decryptor.ts';`],
  ['server-cannot-decrypt', 'src/server/sums.ts', `await import('../ckks/decryptor.ts');`],
  ['server-cannot-decrypt', 'src/server/sums.ts', `import { s } from '../ckks/client-scheme.ts';`],
  ['server-cannot-decrypt', 'src/core/protocol/schema.ts', `import '../../client/worker.ts';`],
  ['server-has-no-seal', 'src/server/sums.ts', `import type { C } from '../ckks/parameters.ts';`],
  ['server-has-no-seal', 'src/server/sums.ts', `await import('node-seal');`],
  ['server-has-no-seal', 'src/core/encryption/summer.ts', `import SEAL from 'node-seal';`],
  ['server-has-no-seal', 'src/core/encryption/summer.ts', `import '../../ckks/context.ts';`],
  ['server-has-no-model', 'src/core/encryption/summer.ts', `import '@tensorflow/tfjs';`],
  ['server-has-no-model', 'src/server/evaluate.ts', `import { t } from '../tfjs/trainer.ts';`],
  ['browser-has-no-node', 'src/server/worker.ts', `import { open } from './node/files.ts';`],
  ['browser-has-no-node', 'src/ckks/summer.ts', `import { readFile } from 'node:fs/promises';`],
  ['browser-has-no-node', 'src/client/worker.ts', `await import('node:crypto');`],
  ['page-is-light', 'src/ui/app.tsx', `import { t } from '@tensorflow/tfjs-core';`],
  ['page-is-light', 'src/core/protocol/schema.ts', `import SEAL from 'node-seal';`],
  ['page-is-light', 'src/ui/app.tsx', `const c = await import('../ckks/parameters.ts');`],
  ['charts-only-draw', 'src/ui/charts/line.tsx', `import type { R } from '../../core/run.ts';`],
  ['charts-only-draw', 'src/ui/charts/line.tsx', `import { words } from '../words.ts';`],
  ['charts-only-draw', 'src/ui/charts/line.tsx', `await import('../study/trials.ts');`],
  ['no-sideways-shells', 'src/ui/app.tsx', `import type { W } from '../server/worker.ts';`],
  ['no-sideways-shells', 'src/client/worker.ts', `import { a } from '../ui/app.tsx';`],
  ['adapters-know-no-shell', 'src/ckks/parameters.ts', `import { a } from '../ui/app.tsx';`],
  ['adapters-know-no-shell', 'src/worker/turn.ts', `import { a } from '../server/worker.ts';`],
  ['adapters-know-no-shell', 'src/transport/x.ts', `import { a } from '../server/worker.ts';`],
  ['bench-only', 'src/client/worker.ts', `import { speed } from '../bench/speed.ts';`],
  ['bench-only', 'src/simd/trainer.ts', `import { speed } from './simd.bench.ts';`],
  ['tests-only', 'src/client/worker.ts', `import { simulate } from '../testing/simulation.ts';`],
  ['tests-only', 'src/ui/app.tsx', `import { x } from '../core/federation/coordinator.test.ts';`],
];

const broken = (changes: Record<string, string>) =>
  findViolations(graphOf({ ...inOrder, ...changes }));
const graphOf = (files: Record<string, string>) => buildGraph(new Map(Object.entries(files)));

describe('findViolations', () => {
  it('finds none in a project that is in order', () => {
    expect(findViolations(graphOf(inOrder))).toEqual([]);
    expect(findCycles(graphOf(inOrder))).toEqual([]);
    expect(findMissing(graphOf(inOrder), (path) => path in inOrder)).toEqual([]);
  });

  it.each(planted)('%s catches a planted import in %s: %s', (rule, path, source) => {
    const found = broken({ [path]: source });
    expect(found.map((violation) => violation.rule)).toContain(rule);
  });

  it('shows the whole way to what is forbidden', () => {
    const found = broken({
      'src/core/encryption/summer.ts': `import './scheme.ts';`,
      'src/core/encryption/scheme.ts': `export { t } from '../../tfjs/trainer.ts';`,
    });
    expect(found.filter(({ rule }) => rule === 'server-has-no-model')).toEqual([
      {
        rule: 'server-has-no-model',
        reason: expect.any(String),
        path: [
          'src/server/worker.ts',
          'src/core/encryption/summer.ts',
          'src/core/encryption/scheme.ts',
          'src/tfjs/trainer.ts',
        ],
      },
    ]);
  });

  it('lets the page name types of what it must not load', () => {
    const found = broken({ 'src/ui/app.tsx': `import type { T } from '../tfjs/trainer.ts';` });
    expect(found).toEqual([]);
  });

  it('names only files that exist, and every room of the core', () => {
    expect(namedFiles.length).toBeGreaterThan(0);
    expect(namedFiles.filter((path) => !existsSync(path))).toEqual([]);
    expect([...coreFloors.flat()].sort()).toEqual(readdirSync('src/core').sort());
  });

  it('has a planted violation for every rule', () => {
    const names = new Set(planted.map(([rule]) => rule));
    expect(importRules.map(({ name }) => name).filter((name) => !names.has(name))).toEqual([]);
  });
});

describe('findCycles', () => {
  const files = { 'src/a.ts': `import { b } from './b.ts';`, 'src/c.ts': `import './a.ts';` };

  it.each([
    ['values', `import { c } from './c.ts';`],
    ['types', `import type { c } from './c.ts';`],
  ])('finds a ring that %s close', (_what, source) => {
    const ring = findCycles(graphOf({ ...files, 'src/b.ts': source }));
    expect(ring.map(({ path }) => path)).toEqual([
      ['src/a.ts', 'src/b.ts', 'src/c.ts', 'src/a.ts'],
    ]);
  });

  it('forgives one that is closed by an import at run time', () => {
    const dynamic = graphOf({ ...files, 'src/b.ts': `await import('./c.ts');` });
    expect(findCycles(dynamic)).toEqual([]);
  });
});

describe('findMissing', () => {
  it('names an import without its extension', () => {
    const graph = graphOf({ 'src/a.ts': `import './b'; import './c.ts';`, 'src/c.ts': '' });
    const missing = findMissing(graph, (path) => path === 'src/a.ts' || path === 'src/c.ts');
    expect(missing.map(({ path }) => path)).toEqual([['src/a.ts', 'src/b']]);
  });
});
