// One field of the configuration: its control, its meaning with its range, and a slider where one helps.
import { memo } from 'react';
import type { ConfigField as ConfigFieldSpec } from '../../core/experiment/config-fields.ts';
import { formatNumber } from '../format.ts';
import { editField } from '../page-state.ts';
import { FieldSlider } from './field-slider.tsx';
import { hasSlider } from './slider-scale.ts';
import { TextField } from './text-field.tsx';

interface ConfigFieldProps {
  readonly field: ConfigFieldSpec;
  readonly text: string;
  /** What was expected, or null when the text is good. */
  readonly expected: string | null;
  readonly disabled: boolean;
}

export const ConfigField = memo(function ConfigField(props: ConfigFieldProps) {
  const { field, ...shared } = props;
  const common = {
    ...shared,
    label: field.label,
    meaning: field.meaning,
    onText: (next: string) => editField(field.name, next),
  };
  if (field.kind === 'choice') return <TextField {...common} choices={field.choices} />;
  return (
    <TextField
      {...common}
      range={rangeWords(field.low, field.high)}
      placeholder={field.empty}
      unit={field.unit}
      slider={hasSlider(field) && <FieldSlider {...common} field={field} />}
    />
  );
});

const plain = new Intl.NumberFormat('en', { maximumFractionDigits: 3 });

function rangeWords(low: number, high: number): string {
  const words = (x: number) => (x === 0 || x >= 0.001 ? plain.format(x) : formatNumber(x));
  return `${words(low)} to ${words(high)}.`;
}
