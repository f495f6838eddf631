// A suite proves nothing about what nobody put into it: every engine of the trainer stands in one.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { backendNames } from '../../core/training/trainer.ts';

const files = ['src/tfjs/trainer.browser.test.ts', 'src/simd/trainer.test.ts'];
const source = files.map((path) => readFileSync(path, 'utf8')).join('\n');

it.each(backendNames)('the engine %s passes the suite of the trainers', (name) => {
  const isNamed = new RegExp(`describeTrainer\\(\\s*'${name}\\b`).test(source);
  const isListed = new RegExp(`for \\(const backend of \\[[^\\]]*'${name}'`).test(source);
  expect(isNamed || isListed).toBe(true);
});
