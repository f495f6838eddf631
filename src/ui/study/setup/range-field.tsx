// One field of the trials' runs: fixed to a value, or swept over a range or over choices.
import { memo, useId } from 'react';
import type { ConfigField, NumberField } from '../../../core/experiment/config-fields.ts';
import { editField } from '../../page-state.ts';
import { editStudyText } from '../study-page-state.ts';
import { firstRange, rangeKey, rangeOf, rangeParts } from '../study-draft.ts';

interface RangeFieldProps {
  readonly field: ConfigField;
  /** '' when the field is fixed. */
  readonly range: string;
  /** Its fixed value, as typed. */
  readonly fixed: string;
  /** What was expected, or null when the text is good. */
  readonly expected: string | null;
}

export const RangeField = memo(function RangeField(props: RangeFieldProps) {
  const { field, range, expected } = props;
  const id = useId();
  const isSwept = range !== '';
  return (
    <div className="study-range" role="group" aria-label={field.label}>
      <span className="study-range-name">{field.label}</span>
      <label className="check">
        <input
          type="checkbox"
          checked={isSwept}
          onChange={(event) =>
            editStudyText(rangeKey(field.name), event.target.checked ? firstRange(field) : '')
          }
        />
        <span>Tune</span>
      </label>
      <div className="study-range-values">
        {!isSwept ? (
          <FixedValue field={field} text={props.fixed} />
        ) : field.kind === 'choice' ? (
          <Choices field={field} range={range} />
        ) : (
          <Range field={field} range={range} invalid={expected !== null} describedBy={id} />
        )}
      </div>
      <p id={id} className="small soft">
        {expected !== null && <span className="error-text">Expected {expected}. </span>}
        {field.meaning}
      </p>
    </div>
  );
});

function FixedValue({ field, text }: { readonly field: ConfigField; readonly text: string }) {
  if (field.kind === 'choice') {
    return (
      <select
        className="text-input"
        aria-label={`${field.label}, fixed`}
        value={text}
        onChange={(event) => editField(field.name, event.target.value)}
      >
        {field.choices.map(({ value, label }) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
    );
  }
  return (
    <input
      className="text-input"
      inputMode="decimal"
      autoComplete="off"
      aria-label={`${field.label}, fixed`}
      value={text}
      onChange={(event) => editField(field.name, event.target.value)}
    />
  );
}

function Choices(props: {
  readonly field: Extract<ConfigField, { kind: 'choice' }>;
  readonly range: string;
}) {
  const { field, range } = props;
  const chosen = new Set(range.split(','));
  const toggle = (value: string) => {
    const next = field.choices
      .map((choice) => choice.value)
      .filter((each) => (each === value ? !chosen.has(value) : chosen.has(each)));
    // Nothing chosen would read as fixed.
    if (next.length > 0) editStudyText(rangeKey(field.name), next.join());
  };
  return field.choices.map(({ value, label }) => (
    <button
      key={value}
      type="button"
      className="chip"
      aria-pressed={chosen.has(value)}
      onClick={() => toggle(value)}
    >
      {label}
    </button>
  ));
}

function Range(props: {
  readonly field: NumberField;
  readonly range: string;
  readonly invalid: boolean;
  readonly describedBy: string;
}) {
  const { field, range } = props;
  const parts = rangeParts(range);
  const edit = (changed: Partial<typeof parts>) =>
    editStudyText(rangeKey(field.name), rangeOf({ ...parts, ...changed }));
  const input = (end: 'low' | 'high', name: string) => (
    <input
      className="text-input"
      inputMode="decimal"
      autoComplete="off"
      aria-label={`${field.label}, ${name}`}
      aria-invalid={props.invalid}
      aria-describedby={props.describedBy}
      value={parts[end]}
      onChange={(event) => edit({ [end]: event.target.value.replaceAll(':', '') })}
    />
  );
  const isStep = parts.scale !== '' && parts.scale !== 'log';
  return (
    <>
      {input('low', 'lowest')}
      <span className="soft" aria-hidden="true">
        to
      </span>
      {input('high', 'highest')}
      <select
        className="text-input"
        aria-label={`${field.label}, scale`}
        value={isStep ? 'step' : parts.scale}
        onChange={(event) =>
          edit({
            scale: event.target.value === 'step' ? firstStep(field) : event.target.value,
          })
        }
      >
        <option value="">linear</option>
        <option value="log">logarithmic</option>
        <option value="step">in steps of</option>
      </select>
      {isStep && (
        <input
          className="text-input"
          inputMode="decimal"
          autoComplete="off"
          aria-label={`${field.label}, step`}
          aria-invalid={props.invalid}
          value={parts.scale}
          // An empty step would turn the range linear under the typing hand.
          onChange={(event) => edit({ scale: event.target.value.replaceAll(':', '') || '0' })}
        />
      )}
    </>
  );
}

function firstStep(field: NumberField): string {
  if (field.kind === 'real') return '0.1';
  return field.high > 100 ? '16' : '1';
}
