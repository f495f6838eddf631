// One field of the study itself: number of trials, sampler, pruner and what they leave to decide.
import { memo, useId } from 'react';
import type { StudyField as StudyFieldSpec } from '../study-fields.ts';
import { editStudyText } from '../study-page-state.ts';

export const StudyField = memo(function StudyField(props: {
  readonly field: StudyFieldSpec;
  readonly text: string;
  /** What was expected, or null when the text is good. */
  readonly expected: string | null;
}) {
  const { field, text, expected } = props;
  const id = useId();
  return (
    <div className="config-field">
      <label htmlFor={id}>{field.label}</label>
      {field.kind === 'choice' ? (
        <select
          id={id}
          className="text-input"
          value={text}
          aria-describedby={`${id}-meaning`}
          onChange={(event) => editStudyText(field.key, event.target.value)}
        >
          {field.choices.map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      ) : (
        <div className="number-field">
          <input
            id={id}
            className="text-input"
            inputMode="decimal"
            autoComplete="off"
            value={text}
            aria-invalid={expected !== null}
            aria-describedby={`${id}-meaning`}
            onChange={(event) => editStudyText(field.key, event.target.value)}
          />
        </div>
      )}
      <p id={`${id}-meaning`} className="small soft">
        {expected !== null && <span className="error-text">Expected {expected}. </span>}
        {field.meaning}
      </p>
    </div>
  );
});
