// Colours of ranks and values: nine steps from best to worst, as tokens of the view's style sheet.
const LAST = 8;

/** `share` 0 is best, 1 worst. */
export function rankColour(share: number): string {
  return `var(--rank-${step(share)})`;
}

/** The same, pale: for areas under marks. */
export function bandColour(share: number): string {
  return `var(--band-${step(share)})`;
}

export const rankLegend = [
  { label: 'best', colour: rankColour(0) },
  { label: 'middle', colour: rankColour(0.5) },
  { label: 'worst', colour: rankColour(1) },
] as const;

function step(share: number): number {
  return Math.round(Math.min(1, Math.max(0, share)) * LAST);
}
