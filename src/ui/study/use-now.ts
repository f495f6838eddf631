// The time, once a second while something runs.
import { useEffect, useState } from 'react';

/** Epoch ms. Stands still while `runs` is false. */
export function useNow(runs: boolean): number {
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    if (!runs) return;
    const timer = setInterval(() => setNowMs(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [runs]);
  return nowMs;
}
