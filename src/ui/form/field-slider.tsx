// The slider in front of a number of the configuration.
import { Slider } from 'radix-ui';
import type { NumberField } from '../../core/experiment/config-fields.ts';
import { nextOnSlider, placeOnSlider, SLIDER_STEPS, valueOnSlider } from './slider-scale.ts';

interface FieldSliderProps {
  readonly field: NumberField;
  readonly text: string;
  readonly disabled: boolean;
  readonly onText: (text: string) => void;
}

export function FieldSlider({ field, text, disabled, onText }: FieldSliderProps) {
  const typed = Number(text);
  const value = text.trim() === '' || Number.isNaN(typed) ? field.low : typed;
  return (
    <Slider.Root
      className="slider"
      min={0}
      max={SLIDER_STEPS}
      step={1}
      disabled={disabled}
      value={[placeOnSlider(field, value)]}
      onValueChange={([place]) => onText(String(valueOnSlider(field, place!)))}
      onKeyDown={(event) => stepByKey(event, field, value, onText)}
    >
      <Slider.Track className="slider-track">
        <Slider.Range className="slider-range" />
      </Slider.Track>
      <Slider.Thumb
        className="slider-thumb"
        aria-label={`${field.label}, slider`}
        aria-valuetext={text}
      />
    </Slider.Root>
  );
}

/**
 * Arrows move a whole number by one, whatever a place on its slider means, and any other number to
 * the next value that a slider can show.
 */
function stepByKey(
  event: React.KeyboardEvent,
  field: NumberField,
  value: number,
  onText: (text: string) => void,
): void {
  const up = event.key === 'ArrowUp' || event.key === 'ArrowRight';
  const down = event.key === 'ArrowDown' || event.key === 'ArrowLeft';
  if (!up && !down) return;
  event.preventDefault();
  const step = up ? 1 : -1;
  const next = field.kind === 'integer' ? value + step : nextOnSlider(field, value, step);
  onText(String(Math.min(field.high, Math.max(field.low, next))));
}
