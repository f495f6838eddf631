// One field of the configuration: label, control, meaning with its range, and what is expected when
// the text cannot be read.
import { memo, useId } from 'react';
import type { ConfigField as ConfigFieldSpec } from '../../core/experiment/config-fields.ts';
import { formatNumber } from '../format.ts';
import { editField } from '../page-state.ts';
import { NumberField } from './number-field.tsx';

interface ConfigFieldProps {
  readonly field: ConfigFieldSpec;
  readonly text: string;
  /** What was expected, or null when the text is good. */
  readonly expected: string | null;
  readonly disabled: boolean;
}

export const ConfigField = memo(function ConfigField(props: ConfigFieldProps) {
  const { field, text, expected, disabled } = props;
  const id = useId();
  const onText = (next: string) => editField(field.name, next);
  return (
    <div className="config-field">
      <label htmlFor={id}>{field.label}</label>
      {field.kind === 'choice' ? (
        <select
          id={id}
          className="text-input"
          value={text}
          disabled={disabled}
          aria-describedby={`${id}-meaning`}
          onChange={(event) => onText(event.target.value)}
        >
          {field.choices.map(({ value, label }) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      ) : (
        <NumberField
          field={field}
          id={id}
          text={text}
          describedBy={`${id}-meaning`}
          invalid={expected !== null}
          disabled={disabled}
          onText={onText}
        />
      )}
      <p id={`${id}-meaning`} className="small soft">
        {expected !== null && <span className="error-text">Expected {expected}. </span>}
        {field.meaning}
        {field.kind !== 'choice' && expected === null && (
          <span className="config-range"> {rangeWords(field.low, field.high)}</span>
        )}
      </p>
    </div>
  );
});

const plain = new Intl.NumberFormat('en', { maximumFractionDigits: 3 });

function rangeWords(low: number, high: number): string {
  const words = (x: number) => (x === 0 || x >= 0.001 ? plain.format(x) : formatNumber(x));
  return `${words(low)} to ${words(high)}.`;
}
