// Draws its children when the reader comes near them, or else one part after the other, and then keeps
// them: opening the view with ten plots of hundreds of trials must not hold up the page, and what is further
// down must be there for a search, a screen reader, a jump to the end. Live data reach a part at once
// while it is near, and otherwise every few seconds: what nobody looks at costs little.
import {
  startTransition,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
  type ReactNode,
} from 'react';

/** How far beyond the window a part is prepared. */
const AHEAD = '300px';
/** Between two parts that are drawn for the first time. */
const PACE_MS = 150;
/** Between two updates of a part that is not near. */
const FAR_UPDATE_MS = 4000;

export function WhenSeen(props: {
  readonly minHeight: number;
  /** Place among the parts, from 0 at the top: those are drawn with the view itself. */
  readonly order: number;
  readonly children: ReactNode;
}) {
  const { order, children } = props;
  const place = useRef<HTMLDivElement>(null);
  const [isNear, setNear] = useState(order === 0);
  /** What stands while the part is not near; undefined before it is drawn. */
  const [kept, setKept] = useState<ReactNode>(order === 0 ? children : undefined);
  const latest = useRef(children);
  useLayoutEffect(() => {
    latest.current = children;
  });
  useEffect(() => {
    if (place.current === null) return;
    const observer = new IntersectionObserver(
      (entries) => {
        const near = entries.at(-1)!.isIntersecting;
        startTransition(() => {
          setNear(near);
          setKept((before) => (near || before !== undefined ? latest.current : before));
        });
      },
      { rootMargin: AHEAD },
    );
    observer.observe(place.current);
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    if (isNear) return;
    const update = () => startTransition(() => setKept(latest.current));
    const first = setTimeout(update, (order + 1) * PACE_MS);
    const timer = setInterval(update, FAR_UPDATE_MS + order * PACE_MS);
    return () => {
      clearTimeout(first);
      clearInterval(timer);
    };
  }, [isNear, order]);
  const isDrawn = kept !== undefined;
  return (
    <div ref={place} style={isDrawn ? undefined : { minHeight: props.minHeight }}>
      {isDrawn ? (isNear ? children : kept) : null}
    </div>
  );
}
