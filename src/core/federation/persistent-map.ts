// Copy-on-write edits of read-only maps and arrays: a state that did not change keeps its identity.

export function withEntry<Key, Value>(
  map: ReadonlyMap<Key, Value>,
  key: Key,
  value: Value,
): ReadonlyMap<Key, Value> {
  return new Map(map).set(key, value);
}

/** The same map when it has no such key. */
export function withoutEntry<Key, Value>(
  map: ReadonlyMap<Key, Value>,
  key: Key,
): ReadonlyMap<Key, Value> {
  if (!map.has(key)) return map;
  const copy = new Map(map);
  copy.delete(key);
  return copy;
}

/** The same list when its elements are the same, one by one. */
export function keepIfSame<Element>(
  previous: readonly Element[] | undefined,
  next: readonly Element[],
): readonly Element[] {
  const same =
    previous !== undefined &&
    previous.length === next.length &&
    next.every((element, index) => Object.is(element, previous[index]));
  return same ? previous : next;
}
