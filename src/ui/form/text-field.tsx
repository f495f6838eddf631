// A labelled field whose value is a text: chosen from a list or typed as a number, with what it means
// and, when the text cannot be read, what was expected.
import { useId, type ReactNode } from 'react';

interface TextFieldProps {
  readonly label: string;
  readonly meaning: string;
  /** What may be typed, after the meaning while the text is good. */
  readonly range?: string;
  readonly text: string;
  /** What was expected, or null when the text is good. */
  readonly expected: string | null;
  readonly disabled?: boolean;
  /** There is nothing to type: one of these. */
  readonly choices?: readonly { readonly value: string; readonly label: string }[];
  /** Shown where nothing was typed. */
  readonly placeholder?: string | undefined;
  readonly unit?: string;
  /** Another way to set the same text, in front of it. */
  readonly slider?: ReactNode;
  readonly onText: (text: string) => void;
}

export function TextField(props: TextFieldProps) {
  const { label, meaning, range, text, expected, disabled, choices, onText } = props;
  const id = useId();
  return (
    <div className="config-field">
      <label htmlFor={id}>{label}</label>
      {choices !== undefined ? (
        <select
          id={id}
          className="text-input"
          value={text}
          disabled={disabled}
          aria-describedby={`${id}-meaning`}
          onChange={(event) => onText(event.target.value)}
        >
          {choices.map((choice) => (
            <option key={choice.value} value={choice.value}>
              {choice.label}
            </option>
          ))}
        </select>
      ) : (
        <div className="number-field">
          {props.slider}
          <input
            id={id}
            className="text-input"
            inputMode="decimal"
            autoComplete="off"
            value={text}
            placeholder={props.placeholder}
            disabled={disabled}
            aria-invalid={expected !== null}
            aria-describedby={`${id}-meaning`}
            onChange={(event) => onText(event.target.value)}
          />
          {props.unit !== undefined && props.unit !== '' && (
            <span className="soft small">{props.unit}</span>
          )}
        </div>
      )}
      <p id={`${id}-meaning`} className="small soft">
        {expected !== null && <span className="error-text">Expected {expected}. </span>}
        {meaning}
        {range !== undefined && expected === null && <span className="config-range"> {range}</span>}
      </p>
    </div>
  );
}
