/**
 * Whether the pointer itself moved (of a `pointermove`): a page that scrolls under a resting pointer sends
 * these events, too, and would light up and redraw every plot that passes by.
 */
export function hasMoved(event: {
  readonly movementX: number;
  readonly movementY: number;
}): boolean {
  return event.movementX !== 0 || event.movementY !== 0;
}
