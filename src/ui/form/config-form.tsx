// The configuration of the next run, generated from the list of fields: few first, "more" for the
// rest. While a run is at the table it shows that run's values and cannot be changed.
import { isOverPhase } from '../../core/protocol/view.ts';
import { useMemo } from 'react';
import {
  configFields,
  type ConfigField as ConfigFieldSpec,
} from '../../core/experiment/config-fields.ts';
import { defaultRunConfig, type RunConfig } from '../../core/experiment/run-config.ts';
import { useDashboard } from '../dashboard-store.ts';
import { replaceTexts, setWithTwin, usePage } from '../page-state.ts';
import { draftConfig, textsOf } from '../url-state.ts';

import { ConfigField } from './config-field.tsx';
import { presets } from './presets.ts';

const NO_TEXTS: Readonly<Record<string, string>> = {};

export function ConfigForm() {
  const draftTexts = usePage((state) => state.texts);
  const withTwin = usePage((state) => state.withTwin);
  const running = useDashboard(({ view }) => {
    const run = view?.run ?? null;
    return run === null || isOverPhase(run.phase) ? null : run.config;
  });
  const texts = running === null ? draftTexts : NO_TEXTS;
  const base = running ?? defaultRunConfig;
  const { config, problems } = useMemo(() => draftConfig(draftTexts), [draftTexts]);
  const shown = running ?? config;
  const disabled = running !== null;

  const renderField = (field: ConfigFieldSpec) => (
    <ConfigField
      key={field.name}
      field={field}
      text={texts[field.name] ?? fieldText(base, field)}
      expected={
        disabled
          ? null
          : (problems.find((problem) => problem.field === field.name)?.expected ?? null)
      }
      disabled={disabled}
    />
  );
  const relevant = configFields.filter(
    ({ onlyWhen }) => onlyWhen === undefined || shown[onlyWhen.field] === onlyWhen.is,
  );
  const more = relevant.filter(({ basic }) => !basic);
  const changedBeyondBasics = more.some(({ name }) => shown[name] !== defaultRunConfig[name]);
  return (
    <section className="panel config-form" aria-labelledby="config-title">
      <h2 id="config-title">Configuration</h2>
      {disabled ? (
        <p className="note small">
          These are the values of the run at the table. Stop it to change them.
        </p>
      ) : (
        <Presets config={config} />
      )}
      {relevant.filter(({ basic }) => basic).map(renderField)}
      <label className="check">
        <input
          type="checkbox"
          checked={withTwin}
          disabled={disabled}
          onChange={(event) => setWithTwin(event.target.checked)}
        />
        <span>
          Compare with plaintext twin
          <span className="small soft">
            Runs the same experiment again without encryption, to show what encryption changes.
          </span>
        </span>
      </label>
      <details open={changedBeyondBasics}>
        <summary>More: model, optimizer, batches, deadline, seed</summary>
        {more.map(renderField)}
      </details>
    </section>
  );
}

function Presets({ config }: { config: RunConfig }) {
  return (
    <div className="presets" role="group" aria-label="Presets">
      {presets.map(({ name, meaning, fields }) => {
        const wanted = { ...defaultRunConfig, ...fields };
        const chosen = configFields.every((field) => wanted[field.name] === config[field.name]);
        return (
          <button
            key={name}
            type="button"
            className="chip"
            aria-pressed={chosen}
            title={meaning}
            onClick={() => replaceTexts(textsOf(wanted))}
          >
            {name}
          </button>
        );
      })}
    </div>
  );
}

function fieldText(config: RunConfig, field: ConfigFieldSpec): string {
  const value = config[field.name];
  return value === null ? '' : String(value);
}
