// PROTOCOL.md is complete: every message of the four unions has a row in its section, every error
// code has one, and no row names something that the schemas do not know.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { clientMessageSchema } from './client-messages.ts';
import { dashboardMessageSchema, serverToDashboardSchema } from './dashboard-messages.ts';
import { errorCode } from './error-codes.ts';
import { noteSchema, refusalSchema } from './notes.ts';
import { serverMessageSchema } from './server-messages.ts';

const document = readFileSync(new URL('./PROTOCOL.md', import.meta.url), 'utf8');

/** First cells of the table rows of a section. */
function rowsOf(heading: string): string[] {
  const section = document.split('\n## ').find((text) => text.startsWith(`${heading}\n`)) ?? '';
  return [...section.matchAll(/^\| `([a-z-]+)` +\|/gm)].map((match) => match[1]!).sort();
}

function typesOf(schema: {
  readonly options: readonly {
    readonly entries: { readonly type: { readonly literal: string } };
  }[];
}): string[] {
  return schema.options.map(({ entries }) => entries.type.literal).sort();
}

describe('PROTOCOL.md', () => {
  it.each([
    ['Client to server', clientMessageSchema],
    ['Server to client', serverMessageSchema],
    ['Dashboard to server', dashboardMessageSchema],
    ['Server to dashboard', serverToDashboardSchema],
  ])('has a row for every message: %s', (heading, schema) => {
    expect(typesOf(schema).length).toBeGreaterThan(1);
    expect(rowsOf(heading)).toEqual(typesOf(schema));
  });

  it('has a row for every error code', () => {
    expect(rowsOf('Error codes')).toEqual([...errorCode.options].sort());
  });

  it('has a row for every note and refusal, with its parameters', () => {
    const expected = [...noteSchema.options, ...refusalSchema.options].map(({ entries }) => {
      const { code, ...parameters } = entries;
      return [code.literal, ...Object.keys(parameters)].join(' ');
    });
    const section = document.split('\n## Notes and refusals\n')[1]!;
    const rows = [...section.matchAll(/^\| `([a-z-]+)` +\| ([^|]*)\|/gm)].map(([, code, cell]) =>
      [code, ...[...cell!.matchAll(/`(\w+)`/g)].map((match) => match[1])].join(' '),
    );
    expect(rows).toEqual(expected);
  });
});
