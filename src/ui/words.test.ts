import { expect, test } from 'vitest';
import { clientMessageSchema } from '../core/protocol/client-messages.ts';
import { troubleSentence } from './words.ts';

test('every failure of a client is told in sentences of its own, without its code', () => {
  const failed = clientMessageSchema.options.find(
    ({ entries }) => entries.type.literal === 'failed',
  );
  const codes = failed !== undefined && 'code' in failed.entries ? failed.entries.code.options : [];
  expect(codes.length).toBeGreaterThan(5);
  const sentences = [...codes, 'late', 'diverged', 'bad-update'].map(troubleSentence);
  expect(new Set(sentences).size).toBe(sentences.length);
  for (const sentence of sentences) {
    expect(sentence, 'what happened and what it means; what to do').toMatch(/^\S.+, so .+[.]$/);
    expect(sentence!.match(/[.]/g)!.length).toBeGreaterThan(1);
    expect(sentence).not.toMatch(/[a-z]+-[a-z]+/);
  }
});

test('a code that this page does not know is shown as it is', () => {
  expect(troubleSentence('toString')).toContain('toString');
  expect(troubleSentence(null)).toBeNull();
});
