// Slows a stream of values down to what a reader can follow: plots are not drawn again for every one
// of ten views a second.
import { useEffect, useRef, useState } from 'react';

/**
 * `value`, given anew at most every `pauseMs`; the last one of a pause is given at its end. With another
 * `subject` the value is given at once, so that nothing of two subjects is ever mixed.
 */
export function useSteady<Value>(value: Value, subject: unknown, pauseMs: number): Value {
  const [given, setGiven] = useState({ value, subject });
  const lastMs = useRef(-Infinity);
  useEffect(() => {
    if (given.value === value) return;
    const waitMs = Math.max(0, lastMs.current + pauseMs - performance.now());
    const timer = setTimeout(() => {
      lastMs.current = performance.now();
      setGiven({ value, subject });
    }, waitMs);
    return () => clearTimeout(timer);
  }, [given, value, subject, pauseMs]);
  if (given.subject === subject) return given.value;
  setGiven({ value, subject });
  return value;
}
