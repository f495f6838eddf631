// A click or Enter on a plot opens the trial that it points at: the plots say which by highlighting it.
import { useEffect, useRef, type RefObject } from 'react';
import { useHighlight } from '../../charts/highlight.ts';
import { openTrial } from '../study-page-state.ts';
import { trialNumber } from '../trial-look.ts';

/** px that the pointer may move between press and release; more is a zoom. */
const STILL_PX = 4;

export function PickByClick({ within }: { readonly within: RefObject<HTMLElement | null> }) {
  const pointed = useHighlight(trialNumber);
  const latest = useRef(pointed);
  useEffect(() => {
    latest.current = pointed;
  }, [pointed]);
  useEffect(() => {
    const place = within.current;
    if (place === null) return;
    let pressedAt = [0, 0];
    const isPlot = (target: EventTarget | null) =>
      target instanceof Element && target.closest('.chart-sheet, .study-pickable') !== null;
    const onDown = (event: PointerEvent) => {
      pressedAt = [event.clientX, event.clientY];
    };
    const onClick = (event: MouseEvent) => {
      const moved = Math.hypot(event.clientX - pressedAt[0]!, event.clientY - pressedAt[1]!);
      if (isPlot(event.target) && moved < STILL_PX && latest.current !== null) {
        openTrial(latest.current);
      }
    };
    const onKey = (event: KeyboardEvent) => {
      if (event.key === 'Enter' && isPlot(event.target) && latest.current !== null) {
        openTrial(latest.current);
      }
    };
    place.addEventListener('pointerdown', onDown);
    place.addEventListener('click', onClick);
    place.addEventListener('keydown', onKey);
    return () => {
      place.removeEventListener('pointerdown', onDown);
      place.removeEventListener('click', onClick);
      place.removeEventListener('keydown', onKey);
    };
  }, [within]);
  return null;
}
