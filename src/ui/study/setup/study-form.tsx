// The configuration of the next study: what is tuned, by how many trials, chosen and pruned how. What
// every trial has in common is the Table view's configuration; its few main fields are repeated here.
import { useMemo } from 'react';
import { configFields } from '../../../core/experiment/config-fields.ts';
import { defaultRunConfig } from '../../../core/experiment/run-config.ts';
import { ConfigField } from '../../form/config-field.tsx';
import { usePage, viewAddress, showView } from '../../page-state.ts';
import { RangeField } from './range-field.tsx';
import {
  draftSetup,
  initialText,
  rangeKey,
  rangeText,
  relevantFields,
  studyFieldText,
  sweepableFields,
} from '../study-draft.ts';
import { StudyField } from './study-field.tsx';
import type { StudyField as StudyFieldSpec } from '../study-fields.ts';
import { replaceStudyTexts, useStudyPage } from '../study-page-state.ts';
import { studyPresets } from './study-presets.ts';

const COMMON = ['rounds', 'clients', 'seed', 'encryption', 'localBatches'] as const;
/** Shown at once; the others behind "more". */
const FIRST_SWEPT = new Set(['units', 'learningRate']);

export function StudyForm() {
  const texts = useStudyPage((state) => state.texts);
  const runTexts = usePage((state) => state.texts);
  const { problems } = useMemo(() => draftSetup(texts, runTexts), [texts, runTexts]);
  const expected = (...keys: string[]) =>
    problems.find(({ key }) => keys.includes(key))?.expected ?? null;
  const fixedText = (name: keyof typeof defaultRunConfig) => {
    const value = defaultRunConfig[name];
    return runTexts[name] ?? (value === null ? '' : String(value));
  };

  const range = (field: (typeof sweepableFields)[number]) => (
    <RangeField
      key={field.name}
      field={field}
      range={rangeText(texts, field.name)}
      fixed={fixedText(field.name)}
      expected={expected(rangeKey(field.name), field.name)}
    />
  );
  const searchFields = relevantFields(texts);
  const isChanged = (field: StudyFieldSpec) =>
    studyFieldText(texts, field) !== initialText(texts, field);
  const searchField = (field: StudyFieldSpec) => (
    <StudyField
      key={field.key}
      field={field}
      text={studyFieldText(texts, field)}
      expected={expected(field.key)}
    />
  );
  const more = sweepableFields.filter(({ name }) => !FIRST_SWEPT.has(name));
  const isMoreSwept = more.some(({ name }) => rangeText(texts, name) !== '');
  return (
    <div className="study-form">
      <div className="presets" role="group" aria-label="Presets">
        {studyPresets.map((preset) => (
          <button
            key={preset.name}
            type="button"
            className="chip"
            title={preset.meaning}
            onClick={() => replaceStudyTexts(preset.texts, preset.runTexts)}
          >
            {preset.name}
          </button>
        ))}
      </div>
      <h3>What is tuned</h3>
      {expected('') === null ? null : (
        <p className="note note-error small">Expected {expected('')}.</p>
      )}
      {sweepableFields.filter(({ name }) => FIRST_SWEPT.has(name)).map(range)}
      <details open={isMoreSwept}>
        <summary>More: optimizer, momentum, batch size, epochs, layers, fraction</summary>
        {more.map(range)}
      </details>
      <h3>How it is searched</h3>
      {searchFields.filter(({ basic }) => basic).map(searchField)}
      <details open={searchFields.some((one) => !one.basic && isChanged(one))}>
        <summary>More: how sampler and pruner begin, trials side by side, seed</summary>
        {searchFields.filter(({ basic }) => !basic).map(searchField)}
      </details>
      <h3>What every trial has in common</h3>
      {COMMON.map((name) => (
        <ConfigField
          key={name}
          field={configFields.find((field) => field.name === name)!}
          text={fixedText(name)}
          expected={expected(name)}
          disabled={false}
        />
      ))}
      <p className="small soft">
        Everything else is set in the{' '}
        <a
          href={viewAddress('table')}
          onClick={(event) => {
            if (event.metaKey || event.ctrlKey || event.shiftKey) return;
            event.preventDefault();
            showView('table');
          }}
        >
          Table view’s configuration
        </a>
        .
      </p>
    </div>
  );
}
