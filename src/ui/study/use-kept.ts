// Keeps the identity of what has not changed, so that what was drawn from it stands.
import { useState } from 'react';

/** `items`, or the earlier list if that had exactly these items in this order. */
export function useKept<Item>(items: readonly Item[]): readonly Item[] {
  const [kept, setKept] = useState(items);
  if (kept === items) return kept;
  const isSame = kept.length === items.length && kept.every((item, index) => item === items[index]);
  if (isSame) return kept;
  setKept(items);
  return items;
}

/** `value`, or the earlier object if it says the same: what arrives from the server is always new. */
export function useSame<Value>(value: Value): Value {
  const [kept, setKept] = useState(value);
  if (kept === value) return kept;
  if (JSON.stringify(kept) === JSON.stringify(value)) return kept;
  setKept(value);
  return value;
}
