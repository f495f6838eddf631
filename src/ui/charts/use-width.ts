// The width an element has been given, in whole px; 0 before the first layout. A callback ref, because
// a chart's element comes and goes with its data. The width arrives as a transition, so that a page of
// charts is drawn in slices between other work; the element should reserve its height.
import { startTransition, useCallback, useState, type RefCallback } from 'react';

export function useWidth<Kind extends HTMLElement>(): readonly [RefCallback<Kind>, number] {
  const [width, setWidth] = useState(0);
  const ref = useCallback((element: Kind | null) => {
    if (element === null) return;
    // Calls back once at the start, too.
    const observer = new ResizeObserver(() => {
      startTransition(() => setWidth(Math.floor(element.clientWidth)));
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [ref, width];
}
