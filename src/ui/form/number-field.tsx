// A number of the configuration: typed exactly, or slid where a slider helps.
import { Slider } from 'radix-ui';
import type { NumberField as NumberFieldSpec } from '../../core/experiment/config-fields.ts';
import {
  hasSlider,
  nextOnSlider,
  placeOnSlider,
  SLIDER_STEPS,
  valueOnSlider,
} from './slider-scale.ts';

interface NumberFieldProps {
  readonly field: NumberFieldSpec;
  readonly id: string;
  readonly text: string;
  readonly describedBy: string;
  readonly invalid: boolean;
  readonly disabled: boolean;
  readonly onText: (text: string) => void;
}

export function NumberField(props: NumberFieldProps) {
  const { field, id, text, describedBy, invalid, disabled, onText } = props;
  const typed = Number(text);
  const value = text.trim() === '' || Number.isNaN(typed) ? field.low : typed;
  return (
    <div className="number-field">
      {hasSlider(field) && (
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
      )}
      <input
        id={id}
        className="text-input"
        inputMode="decimal"
        autoComplete="off"
        value={text}
        placeholder={field.empty}
        disabled={disabled}
        aria-invalid={invalid}
        aria-describedby={describedBy}
        onChange={(event) => onText(event.target.value)}
      />
      {field.unit !== '' && <span className="soft small">{field.unit}</span>}
    </div>
  );
}

/**
 * Arrows move a whole number by one, whatever a place on its slider means, and any other number to
 * the next value that a slider can show.
 */
function stepByKey(
  event: React.KeyboardEvent,
  field: NumberFieldSpec,
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
