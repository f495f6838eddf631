// Every code has its sentence, and the machines of the federation have none of their own.
import { readdirSync, readFileSync } from 'node:fs';
import { parseSync, Visitor } from 'oxc-parser';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { noteSchema, readNote, refusalSchema, writeNote } from './core/protocol/notes.ts';
import { exportTrial } from './core/tuning/trial-export.ts';
import { ask, createStudy, tell } from './core/tuning/study.ts';
import { defaultStudyConfig } from './core/experiment/sweep.ts';
import { noteSentence, refusalSentence, withReasonInWords } from './words.ts';

interface Field {
  readonly type: string;
  readonly literal?: unknown;
  readonly options?: readonly unknown[];
}

/** One value for each kind of note, by its schema. */
function samplesOf(schema: { readonly options: readonly { readonly entries: object }[] }) {
  return schema.options.map(({ entries }) =>
    Object.fromEntries(
      Object.entries(entries as Record<string, Field>).map(([name, field]) => [
        name,
        field.literal ??
          field.options?.[0] ??
          (field.type === 'number' ? 3 : `the ${name} of a test.`),
      ]),
    ),
  );
}

describe('the sentence of a code', () => {
  it.each(samplesOf(noteSchema))('of the note $code says all that the note holds', (sample) => {
    const note = v.parse(noteSchema, sample);
    expectSentence(noteSentence(note), sample);
    expect(readNote(writeNote(note))).toEqual(note);
  });

  it.each(samplesOf(refusalSchema))('of the refusal $code says all that it holds', (sample) => {
    expectSentence(refusalSentence(v.parse(refusalSchema, sample)), sample);
  });

  function expectSentence(
    sentence: string,
    { code: _code, wanted: _wanted, ...told }: object & Record<string, unknown>,
  ) {
    expect(sentence).toMatch(/^[A-Z].* .*\.$/);
    expect(sentence).not.toMatch(/undefined|\[object/);
    for (const value of Object.values(told)) expect(sentence).toContain(String(value));
  }

  it('of a note that an earlier build stored is that note', () => {
    expect(noteSentence('The trial was stopped.')).toBe('The trial was stopped.');
    expect(readNote('The trial was stopped.')).toBe('The trial was stopped.');
    expect(readNote('{ not a note')).toBe('{ not a note');
    expect(readNote('{"code":"of a later build"}')).toBe('{"code":"of a later build"}');
  });

  it('stands in what other programs read of a trial', () => {
    const { study, trial } = ask(createStudy(defaultStudyConfig), 0);
    const reason = writeNote({ code: 'clients-missing', numRequired: 2 });
    const failed = tell(study, trial.number, { atMs: 1, state: 'failed', reason }).trials[0]!;
    expect(exportTrial(withReasonInWords(failed)).failReason).toBe(
      'Fewer than 2 clients were there for too long.',
    );
  });
});

describe('src/core/federation', () => {
  it('speaks in codes: no text in it has two words', () => {
    const folder = new URL('./core/federation/', import.meta.url);
    const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
      (path) => path.endsWith('.ts') && !path.endsWith('.test.ts'),
    );
    expect(paths.length).toBeGreaterThan(30);
    const texts = paths.flatMap((path) =>
      textsOf(readFileSync(new URL(path, folder), 'utf8'), path).map((text) => ({ path, text })),
    );
    expect(texts.length).toBeGreaterThan(500);
    expect(texts.filter(({ text }) => /\S \S/.test(text))).toEqual([]);
  });

  /** Every string of a program, the parts of templates included. */
  function textsOf(source: string, path: string): string[] {
    const texts: string[] = [];
    new Visitor({
      Literal: (node) => void (typeof node.value === 'string' && texts.push(node.value)),
      TemplateElement: (node) => void texts.push(node.value.raw),
    }).visit(parseSync(path, source).program);
    return texts;
  }
});
