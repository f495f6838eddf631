// JSON with the tokens NaN, Infinity and -Infinity, as Python's json module writes and reads it: a
// diverged trial reports NaN, and JSON.stringify would turn that into null.
import type { JsonValue } from './trial.ts';

/** Like JSON.stringify without spaces; undefined fields are left out. */
export function stringifyJson(value: unknown): string {
  if (typeof value === 'number')
    return Number.isFinite(value) ? JSON.stringify(value) : String(value);
  if (Array.isArray(value)) return `[${value.map(stringifyJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .map(([key, field]) => `${JSON.stringify(key)}:${stringifyJson(field)}`);
  return `{${fields.join(',')}}`;
}

const STRING_OR_TOKEN = /"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g;

/** Like JSON.parse. Throws a SyntaxError on what is not such JSON. */
export function parseJson(text: string): JsonValue {
  if (!/NaN|Infinity/.test(text)) return JSON.parse(text) as JsonValue;
  // Marks every string and key with a leading '=', so that unmarked ones can only be the tokens.
  const marked = text.replace(STRING_OR_TOKEN, (match) =>
    match.startsWith('"') ? `"=${match.slice(1)}` : `"${match}"`,
  );
  return unmark(JSON.parse(marked) as JsonValue);
}

function unmark(value: JsonValue): JsonValue {
  if (typeof value === 'string') return value.startsWith('=') ? value.slice(1) : Number(value);
  if (Array.isArray(value)) return value.map(unmark);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => {
      if (!key.startsWith('=')) throw new SyntaxError(`${key} cannot be a key`);
      return [key.slice(1), unmark(field)];
    }),
  );
}
