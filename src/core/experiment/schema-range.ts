// The range of a number as its schema states it, so that forms and command lines repeat none.
import type * as v from 'valibot';

type NumberSchema = v.GenericSchema<number> | v.GenericSchema<number | null>;

interface Described {
  readonly wrapped?: Described;
  readonly pipe?: readonly { readonly type: string; readonly requirement?: unknown }[];
}

/** What `minValue` and `maxValue` of the schema's pipe demand; throws on a schema that lacks one. */
export function rangeOf(schema: NumberSchema): { readonly low: number; readonly high: number } {
  const described = schema as Described;
  const { pipe = [] } = described.wrapped ?? described;
  const limit = (type: string): number => {
    const requirement = pipe.find((action) => action.type === type)?.requirement;
    if (typeof requirement !== 'number') throw new TypeError(`the schema has no ${type}`);
    return requirement;
  };
  return { low: limit('min_value'), high: limit('max_value') };
}
