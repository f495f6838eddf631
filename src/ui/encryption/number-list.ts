// Reads the numbers that a visitor types into "try it".

/** What the demonstration takes: whole thousandths up to a million, ten of them. */
export const MAX_NUMBERS = 10;
const MAX_SIZE = 1_000_000;

export type NumberList =
  | { readonly ok: true; readonly numbers: readonly number[] }
  | { readonly ok: false; readonly problem: string };

/** "1, 2, 3" or "1 2 3"; a problem is a sentence that says what to type instead. */
export function readNumbers(text: string): NumberList {
  const words = text.split(/[\s,;]+/).filter((word) => word !== '');
  if (words.length === 0) return { ok: false, problem: 'Type at least one number.' };
  if (words.length > MAX_NUMBERS) {
    return { ok: false, problem: `Type at most ${MAX_NUMBERS} numbers.` };
  }
  const numbers = words.map(Number);
  const wrong = words.find((_, index) => !Number.isFinite(numbers[index]!));
  if (wrong !== undefined) {
    return { ok: false, problem: `“${wrong}” is not a number. Separate numbers by commas.` };
  }
  if (numbers.some((number) => Math.abs(number) > MAX_SIZE)) {
    return { ok: false, problem: 'Numbers lie between -1,000,000 and 1,000,000.' };
  }
  return { ok: true, numbers };
}
