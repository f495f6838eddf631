// Oracle: JSON itself where it can say the same, and strings made to look like the tokens.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseJson, stringifyJson } from './non-finite-json.ts';

const tricky = ['NaN', '=NaN', '"NaN"', 'a "Infinity\\" b', '-Infinity', '\\', '=', ''];

it('writes the tokens that Python reads', () => {
  expect(stringifyJson({ a: [NaN, Infinity, -Infinity, 1.5], b: undefined })).toBe(
    '{"a":[NaN,Infinity,-Infinity,1.5]}',
  );
});

it('reads the tokens outside strings only', () => {
  const text = '{"NaN": NaN, "x": ["NaN", -Infinity, "say \\"Infinity\\"", Infinity, 1e-05]}';
  expect(parseJson(text)).toEqual({
    NaN: NaN,
    x: ['NaN', -Infinity, 'say "Infinity"', Infinity, 1e-5],
  });
});

it('writes what JSON.stringify writes when there is nothing else', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(stringifyJson(value)).toBe(JSON.stringify(value));
    }),
  );
});

it('brings everything back', () => {
  const leaf = fc.oneof(
    fc.double(),
    fc.string(),
    fc.constantFrom(...tricky),
    fc.constant(null),
    fc.boolean(),
  );
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small' },
      leaf,
      fc.array(tie('tree')),
      fc.dictionary(fc.oneof(fc.string(), fc.constantFrom(...tricky)), tie('tree')),
    ),
  }));
  fc.assert(
    fc.property(tree, (value) => {
      const read = parseJson(stringifyJson(value));
      // JSON has no −0, and objects come back with the usual prototype.
      expect(stringifyJson(read)).toBe(stringifyJson(value));
    }),
  );
});

it.each(['{NaN: 1}', 'nan', '[NaN', 'NaNN', '{"a":Infinity2}', 'Infinity "x"'])(
  'refuses %j',
  (text) => {
    expect(() => parseJson(text)).toThrow(SyntaxError);
  },
);
