// A value that is drawn less often than it changes, for what is costly to draw and slow to read.
import { useEffect, useRef, useState } from 'react';

/** `value` as it was at most `intervalMs` ago; the last one is always shown in the end. */
export function usePaced<Value>(value: Value, intervalMs: number): Value {
  const [shown, setShown] = useState(value);
  const latest = useRef(value);
  const shownAtMs = useRef(-Infinity);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => {
    latest.current = value;
    if (value === shown) return;
    const show = () => {
      timer.current = undefined;
      shownAtMs.current = performance.now();
      setShown(latest.current);
    };
    const waitMs = Math.max(0, shownAtMs.current + intervalMs - performance.now());
    timer.current ??= setTimeout(show, waitMs);
  }, [value, shown, intervalMs]);
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      timer.current = undefined;
    },
    [],
  );
  return shown;
}
