// Draws its children when the reader comes near them, or else one part after the
// other, and then keeps them: opening the view with ten plots of hundreds of trials must not hold up the
// page, and what is further down must be there for a search, a screen reader, a jump to the end.
import { startTransition, useEffect, useRef, useState, type ReactNode } from 'react';

/** How far below the window a part is prepared. */
const AHEAD = '300px';
/** Between two parts. */
const PACE_MS = 150;

export function WhenSeen(props: {
  readonly minHeight: number;
  /** Place among the parts, from 0 at the top. */
  readonly order: number;
  readonly children: ReactNode;
}) {
  const { order } = props;
  const place = useRef<HTMLDivElement>(null);
  const [isDrawn, setDrawn] = useState(false);
  useEffect(() => {
    if (place.current === null || isDrawn) return;
    const draw = () => startTransition(() => setDrawn(true));
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) draw();
      },
      { rootMargin: AHEAD },
    );
    observer.observe(place.current);
    const timer = setTimeout(draw, (order + 2) * PACE_MS);
    return () => {
      observer.disconnect();
      clearTimeout(timer);
    };
  }, [isDrawn, order]);
  return (
    <div ref={place} style={isDrawn ? undefined : { minHeight: props.minHeight }}>
      {isDrawn ? props.children : null}
    </div>
  );
}
