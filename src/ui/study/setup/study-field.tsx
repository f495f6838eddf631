// One field of the study itself: number of trials, sampler, pruner and what they leave to decide.
import { memo } from 'react';
import { TextField } from '../../form/text-field.tsx';
import type { StudyField as StudyFieldSpec } from '../study-fields.ts';
import { editStudyText } from '../study-page-state.ts';

export const StudyField = memo(function StudyField(props: {
  readonly field: StudyFieldSpec;
  readonly text: string;
  /** What was expected, or null when the text is good. */
  readonly expected: string | null;
}) {
  const { field, text, expected } = props;
  const common = {
    ...{ text, expected, label: field.label, meaning: field.meaning },
    onText: (next: string) => editStudyText(field.key, next),
  };
  if (field.kind !== 'choice') return <TextField {...common} />;
  const choices = field.choices.map(([value, label]) => ({ value, label }));
  return <TextField {...common} choices={choices} />;
});
