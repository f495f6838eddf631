// Draws its children when the reader comes near them, and then keeps them: opening the view with ten
// plots of hundreds of trials must not hold up the page.
import { startTransition, useEffect, useRef, useState, type ReactNode } from 'react';

/** How far below the window a part is prepared. */
const AHEAD = '300px';

export function WhenSeen(props: { readonly minHeight: number; readonly children: ReactNode }) {
  const place = useRef<HTMLDivElement>(null);
  const [isSeen, setSeen] = useState(false);
  useEffect(() => {
    if (place.current === null || isSeen) return;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) {
          startTransition(() => setSeen(true));
        }
      },
      { rootMargin: AHEAD },
    );
    observer.observe(place.current);
    return () => observer.disconnect();
  }, [isSeen]);
  return (
    <div ref={place} style={isSeen ? undefined : { minHeight: props.minHeight }}>
      {isSeen ? props.children : null}
    </div>
  );
}
