// Keeps a list's identity while its items are the same, so that what was drawn from it stands.
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
