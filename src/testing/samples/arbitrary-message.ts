// Any message of a schema, by walking the schema: what it lets through is what is generated, at its
// bounds more often than between them. Bytes are views into larger buffers, as they are in use.
// Throws for a kind of schema that it does not know, so that a new one cannot be passed over.
import fc from 'fast-check';
import * as v from 'valibot';
import { defaultRunConfig } from '../../core/experiment/run-config.ts';
import { studySetupSchema } from '../../core/experiment/study-setup.ts';
import { prunerSchema } from '../../core/tuning/study-config.ts';
import { sampleSpace, sampleTrials } from './sample-study.ts';
import { sampleView } from './sample-view.ts';

/** What valibot's schemas and actions consist of, as far as it is read here. */
interface Part {
  readonly kind: 'schema' | 'validation' | 'transformation';
  readonly type: string;
  readonly entries?: Readonly<Record<string, Part>>;
  readonly options?: readonly unknown[];
  readonly literal?: unknown;
  readonly wrapped?: Part;
  readonly item?: Part;
  readonly key?: Part;
  readonly value?: Part;
  readonly requirement?: unknown;
  readonly pipe?: readonly Part[];
}
type AnySchema = v.GenericSchema;

const bytes = fc
  .tuple(fc.uint8Array({ maxLength: 40 }), fc.constantFrom(0, 0, 0, 1, 300, 70_000), fc.nat(9))
  .map(([some, length, offset]) => {
    const whole = new Uint8Array(offset + some.length + length + 3);
    whole.set(some, offset);
    return whole.subarray(offset, offset + some.length + length);
  });
const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc
    .string({ unit: 'binary', maxLength: 60 })
    .map((string) => string.replaceAll(/\p{Surrogate}/gu, '')),
  fc.constantFrom('', '\0', 'x'.repeat(31), 'x'.repeat(32), 'é'.repeat(150), '🜁'.repeat(40)),
);
/** Whatever a message can hold: for fields that no schema describes further. */
const anything = fc.anything({
  key: text.filter((key) => key !== '__proto__'),
  values: [text, fc.double(), fc.integer(), fc.boolean(), fc.constant(null), bytes],
  maxDepth: 4,
  withNullPrototype: false,
});

/** Schemas whose checks reach across fields: a walk would hardly ever meet them. */
const known = new Map<unknown, () => fc.Arbitrary<unknown>>([
  [
    studySetupSchema,
    () =>
      fc
        .record({
          name: fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' }),
          params: fc.uniqueArray(fc.constantFrom(...Object.keys(sampleSpace))),
          pruner: arbitraryOf(prunerSchema),
          seed: fc.nat(),
        })
        .map(({ name, params, pruner, seed }) => ({
          study: {
            name,
            direction: 'maximize',
            searchSpace: Object.fromEntries(params.map((param) => [param, sampleSpace[param]])),
            pruner,
            seed,
          },
          base: defaultRunConfig,
          parallelTrials: 2,
        })),
  ],
]);

/** Values that the schema takes. */
export function arbitraryOf(schema: AnySchema): fc.Arbitrary<unknown> {
  return fromPart(schema as unknown as Part).filter((value) => v.is(schema, value));
}

function fromPart(part: Part): fc.Arbitrary<unknown> {
  const found = known.get(part);
  if (found !== undefined) return found();
  if (part.pipe !== undefined) {
    const values = fromConstrained(part.pipe[0]!, part.pipe.slice(1));
    return values.filter((value) => v.is(part as unknown as AnySchema, value));
  }
  return fromConstrained(part, []);
}

function fromConstrained(part: Part, constraints: readonly Part[]): fc.Arbitrary<unknown> {
  const required = (type: string) =>
    constraints.find((constraint) => constraint.type === type)?.requirement;
  const bound = (type: string) => required(type) as number | undefined;
  switch (part.type) {
    case 'variant':
    case 'union':
      return fc.oneof(...(part.options as readonly Part[]).map(fromPart));
    case 'picklist':
      return fc.constantFrom(...(part.options as readonly unknown[]));
    case 'literal':
      return fc.constant(part.literal);
    case 'null':
      return fc.constant(null);
    case 'object':
    case 'strict_object': {
      const entries = Object.entries(part.entries!);
      const requiredKeys = entries.flatMap(([name, { type }]) =>
        type === 'optional' ? [] : [name],
      );
      const fields = entries.map(([name, field]) => [name, fromPart(field)]);
      return fc.record(Object.fromEntries(fields) as Record<string, fc.Arbitrary<unknown>>, {
        requiredKeys,
        noNullPrototype: true,
      });
    }
    case 'record':
      return fc.dictionary(fromPart(part.key!) as fc.Arbitrary<string>, fromPart(part.value!), {
        maxKeys: 20,
        noNullPrototype: true,
      });
    case 'array': {
      const length = bound('length');
      const minLength = length ?? bound('min_length') ?? 0;
      const maxLength = length ?? Math.min(bound('max_length') ?? 20, minLength + 20);
      return fc.array(fromPart(part.item!), { minLength, maxLength });
    }
    case 'nullable':
      return fc.option(fromPart(part.wrapped!), { nil: null });
    case 'optional':
      return fromPart(part.wrapped!);
    case 'boolean':
      return fc.boolean();
    case 'number': {
      const min = bound('min_value');
      const max = bound('max_value');
      const isInteger = constraints.some(({ type }) => type === 'integer');
      const edges = [min, max, 0, -0].filter((edge) => edge !== undefined);
      return fc.oneof(
        fc.constantFrom(...edges),
        isInteger
          ? fc.integer({ min: min ?? -(2 ** 40), max: max ?? 2 ** 40 })
          : fc.double({ min: min ?? -Infinity, max: max ?? Infinity }),
      );
    }
    case 'string': {
      const regex = required('regex') as RegExp | undefined;
      if (regex !== undefined) return fc.stringMatching(regex);
      return text;
    }
    case 'custom': {
      const isSchema = (value: unknown) => v.is(part as unknown as AnySchema, value);
      if (isSchema(new Uint8Array())) return bytes;
      if (isSchema([])) return fc.subarray(sampleTrials(12, 10, 3));
      const slices = Object.entries(sampleView({ runPhase: 'open', withTwin: true }));
      return fc.subarray(slices).map((chosen) => Object.fromEntries(chosen));
    }
    case 'unknown':
      return anything;
    default:
      throw new Error(`no values for a schema of type ${part.type}`);
  }
}
