// README's table of options is the command line's: each field of a run with an option of its own, and
// every choice that it has.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { configFields } from '../src/core/experiment/config-fields.ts';
import { viewNames } from '../src/ui/url-state.ts';
import { kebabCase } from './arguments.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const rows = readme.split('\n').filter((line) => line.startsWith('| `--'));

it.each(configFields)('README tells of $name', (field) => {
  const option = `\`--${kebabCase(field.name)}\``;
  const row = rows.find((line) => line.split('|')[1]!.includes(option));
  expect(row, option).toBeDefined();
  for (const { value } of field.kind === 'choice' ? field.choices : []) {
    expect(row).toContain(`\`${value}\``);
  }
});

it.each(viewNames)('README lists the view %s', (name) => {
  expect(readme).toContain(`- **${name.charAt(0).toUpperCase()}${name.slice(1)}**: `);
});
