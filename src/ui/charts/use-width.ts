// The width an element has been given, in whole px; 0 before the first layout. A callback ref, because
// a chart's element comes and goes with its data.
import { useCallback, useState, type RefCallback } from 'react';

export function useWidth<Kind extends HTMLElement>(): readonly [RefCallback<Kind>, number] {
  const [width, setWidth] = useState(0);
  const ref = useCallback((element: Kind | null) => {
    if (element === null) return;
    setWidth(Math.floor(element.clientWidth));
    const observer = new ResizeObserver(() => setWidth(Math.floor(element.clientWidth)));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [ref, width];
}
