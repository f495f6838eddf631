// Where a number field's value is on its slider, and which value a place on the slider means.
// Places are whole numbers in [0, SLIDER_STEPS]; fields that span orders of magnitude are
// logarithmic. Values from a slider have two significant digits: a slider cannot mean more.
import type { NumberField } from '../../core/experiment/config-fields.ts';

export const SLIDER_STEPS = 1000;

/** A slider helps where the range is one a hand can aim in; a seed is typed. */
export function hasSlider(field: NumberField): boolean {
  if (field.empty !== undefined) return false;
  return field.kind === 'real' || field.log || field.high <= 100;
}

/** Values outside the range are at its ends. */
export function placeOnSlider(field: NumberField, value: number): number {
  const share = field.log
    ? Math.log(value / field.low) / Math.log(field.high / field.low)
    : (value - field.low) / (field.high - field.low);
  return Math.round(SLIDER_STEPS * Math.min(1, Math.max(0, share)));
}

export function valueOnSlider(field: NumberField, place: number): number {
  if (place <= 0) return field.low;
  if (place >= SLIDER_STEPS) return field.high;
  const share = place / SLIDER_STEPS;
  const exact = field.log
    ? field.low * (field.high / field.low) ** share
    : field.low + (field.high - field.low) * share;
  const rounded = field.kind === 'integer' && exact < 100 ? Math.round(exact) : twoDigits(exact);
  return Math.min(field.high, Math.max(field.low, rounded));
}

/** The nearest other value that the slider can mean in one direction; at an end, the end. */
export function nextOnSlider(field: NumberField, value: number, step: 1 | -1): number {
  const end = step > 0 ? SLIDER_STEPS : 0;
  for (let place = placeOnSlider(field, value); place !== end; place += step) {
    const next = valueOnSlider(field, place);
    if (step > 0 ? next > value : next < value) return next;
  }
  return valueOnSlider(field, end);
}

function twoDigits(x: number): number {
  return Number(x.toPrecision(2));
}
