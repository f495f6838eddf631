import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  configFields,
  type ConfigField,
  type NumberField,
} from '../../core/experiment/config-fields.ts';
import {
  hasSlider,
  nextOnSlider,
  placeOnSlider,
  SLIDER_STEPS,
  valueOnSlider,
} from './slider-scale.ts';

const isNumberField = (field: ConfigField): field is NumberField => field.kind !== 'choice';
const sliders = configFields.filter(isNumberField).filter(hasSlider);
const named = (name: string) => sliders.find((field) => field.name === name)!;

describe('sliders of number fields', () => {
  it('stand in the geometric middle of a logarithmic range', () => {
    // Learning rates from 1e-7 to 10: eight decades, so half way is 1e-3.
    expect(valueOnSlider(named('learningRate'), SLIDER_STEPS / 2)).toBe(0.001);
    expect(placeOnSlider(named('learningRate'), 0.1)).toBe(750);
  });

  it('stand in the arithmetic middle of a linear one', () => {
    expect(valueOnSlider(named('fraction'), SLIDER_STEPS / 2)).toBe(0.5);
  });

  it('reach both ends and give values the schema takes', () => {
    for (const field of sliders) {
      expect(valueOnSlider(field, 0)).toBe(field.low);
      expect(valueOnSlider(field, SLIDER_STEPS)).toBe(field.high);
      fc.assert(
        fc.property(fc.integer({ min: 0, max: SLIDER_STEPS }), (place) => {
          const value = valueOnSlider(field, place);
          return (
            value >= field.low &&
            value <= field.high &&
            (field.kind === 'real' || Number.isInteger(value))
          );
        }),
      );
    }
  });

  it('step to the next value of two digits by key, and stop at the ends', () => {
    expect(nextOnSlider(named('fraction'), 0.5, 1)).toBe(0.51);
    expect(nextOnSlider(named('fraction'), 0.5, -1)).toBe(0.49);
    expect(nextOnSlider(named('learningRate'), 0.1, 1)).toBeGreaterThan(0.1);
    expect(nextOnSlider(named('learningRate'), 0.1, 1)).toBeLessThan(0.12);
    expect(nextOnSlider(named('learningRate'), 10, 1)).toBe(10);
    expect(nextOnSlider(named('fraction'), 0, -1)).toBe(0);
  });

  it('offer no slider for a seed or a field that may be empty', () => {
    expect(sliders.map(({ name }) => name)).not.toContain('seed');
    expect(sliders.map(({ name }) => name)).not.toContain('localBatches');
  });
});
