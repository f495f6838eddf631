// One filter for every plot and the table: states with their counts, and the best share only. Beside
// it the files to save the study as, and to import one.
import { DropdownMenu } from 'radix-ui';
import { memo, useRef, useState } from 'react';
import type { TrialView } from '../../../core/protocol/view.ts';
import { defaultStudySetup } from '../../../core/experiment/study-setup.ts';
import { useActions } from '../../actions.ts';
import { pageStore } from '../../page-state.ts';
import { importJournal, saveCsv, saveJournal, saveJson } from '../save-study.ts';
import { ReplaceStudy, useNumTrialsKept } from '../replace-study.tsx';
import { draftSetup } from '../study-draft.ts';
import {
  clearBrushes,
  openTrial,
  setFilter,
  studyPageStore,
  useStudyPage,
} from '../study-page-state.ts';
import { stateColour, trialStates } from '../trial-look.ts';
import { countStates } from '../visible-trials.ts';

const shares: readonly (readonly [share: number, label: string])[] = [
  [1, 'all values'],
  [0.5, 'best half'],
  [0.25, 'best quarter'],
  [0.1, 'best tenth'],
];

export const TrialFilterBar = memo(function TrialFilterBar(props: {
  readonly trials: readonly TrialView[];
  /** Trials inside the brushes, null without brushes. */
  readonly numBrushed: number | null;
  /** A study can be imported now. */
  readonly canImport: boolean;
}) {
  const { trials } = props;
  const filter = useStudyPage((state) => state.filter);
  const { numBrushed } = props;
  const counts = countStates(trials);
  return (
    <div
      className="study-filter"
      role="group"
      aria-label="Trials shown in every plot and in the table"
    >
      {trialStates.map((state) => {
        const isShown = !filter.hiddenStates.has(state);
        return (
          <button
            key={state}
            type="button"
            className="chip study-state-chip"
            aria-pressed={isShown}
            title={isShown ? `Hide ${state} trials everywhere` : `Show ${state} trials`}
            onClick={() => {
              const hiddenStates = new Set(filter.hiddenStates);
              if (isShown) hiddenStates.add(state);
              else hiddenStates.delete(state);
              setFilter({ ...filter, hiddenStates });
            }}
          >
            <span className="swatch" style={{ background: stateColour(state) }} />
            {counts[state]} {state}
          </button>
        );
      })}
      <select
        className="text-input"
        aria-label="By value"
        value={filter.topShare}
        onChange={(event) => setFilter({ ...filter, topShare: Number(event.target.value) })}
      >
        {shares.map(([share, label]) => (
          <option key={share} value={share}>
            {label}
          </option>
        ))}
      </select>
      {numBrushed === null ? null : (
        <button type="button" className="chip" aria-pressed onClick={() => clearBrushes()}>
          {numBrushed} brushed ×
        </button>
      )}
      <span className="study-filter-space" />
      <SaveMenu trials={trials} />
      <ImportButton disabled={!props.canImport} />
    </div>
  );
});

function SaveMenu({ trials }: { readonly trials: readonly TrialView[] }) {
  const actions = useActions();
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger className="button" disabled={trials.length === 0}>
        Save
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="chart-menu" align="end" sideOffset={4}>
          <DropdownMenu.Item onSelect={() => saveCsv(trials)}>Trials, CSV</DropdownMenu.Item>
          <DropdownMenu.Item onSelect={() => saveJson(trials)}>Trials, JSON</DropdownMenu.Item>
          <DropdownMenu.Item onSelect={() => void saveJournal(actions)}>
            Study, Optuna journal
          </DropdownMenu.Item>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

function ImportButton({ disabled }: { readonly disabled: boolean }) {
  const actions = useActions();
  const input = useRef<HTMLInputElement>(null);
  const [asksFor, setAsksFor] = useState<File | null>(null);
  const numLost = useNumTrialsKept();

  const bringIn = (file: File) => {
    const typed = draftSetup(studyPageStore.getState().texts, pageStore.getState().texts).setup;
    openTrial(null);
    void importJournal(actions, file, typed ?? defaultStudySetup);
  };
  return (
    <>
      <button
        type="button"
        className="button"
        disabled={disabled}
        title={
          disabled
            ? 'A study or a run is going on; stop it first.'
            : 'Opens an Optuna JournalStorage file. It takes the place of the study at the table.'
        }
        onClick={() => input.current?.click()}
      >
        Import
      </button>
      <input
        ref={input}
        type="file"
        className="visually-hidden"
        tabIndex={-1}
        aria-label="Optuna journal file"
        accept=".log,.jsonl,.ndjson,.txt"
        onChange={(event) => {
          const file = event.target.files?.[0];
          event.target.value = '';
          if (file === undefined) return;
          if (numLost > 0) setAsksFor(file);
          else bringIn(file);
        }}
      />
      <ReplaceStudy
        isOpen={asksFor !== null}
        question={`Import ${asksFor?.name ?? ''}?`}
        deed="import"
        onGo={() => {
          if (asksFor !== null) bringIn(asksFor);
        }}
        onClose={() => setAsksFor(null)}
      />
    </>
  );
}
