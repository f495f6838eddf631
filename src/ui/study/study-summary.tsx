// What the study at the table was started with, to be read.
import { memo } from 'react';
import type { StudySetup } from '../../core/experiment/study-setup.ts';
import { rangeWords } from './range-words.ts';
import { studyFields } from './study-fields.ts';
import { commonWords } from './study-words.ts';
import { paramLabel } from './trial-look.ts';

export const StudySummary = memo(function StudySummary(props: { readonly setup: StudySetup }) {
  const { study: config, base, parallelTrials } = props.setup;
  return (
    <section className="panel study-summary" aria-labelledby="study-summary-title">
      <h2 id="study-summary-title">Study at the table</h2>
      <dl className="study-facts">
        {Object.entries(config.searchSpace).map(([name, distribution]) => (
          <div key={name}>
            <dt>{paramLabel(name)}</dt>
            <dd>{rangeWords(distribution)}</dd>
          </div>
        ))}
        <div>
          <dt>Sampler</dt>
          <dd>{choiceLabel('sampler', config.sampler.type)}</dd>
        </div>
        <div>
          <dt>Pruner</dt>
          <dd>{choiceLabel('pruner', config.pruner.type)}</dd>
        </div>
        <div>
          <dt>Each trial</dt>
          <dd>{commonWords(base)}</dd>
        </div>
        {parallelTrials > 1 ? (
          <div>
            <dt>At a time</dt>
            <dd>
              {parallelTrials} trials, on {parallelTrials * base.clients} clients
            </dd>
          </div>
        ) : null}
      </dl>
    </section>
  );
});

function choiceLabel(key: string, value: string): string {
  const field = studyFields.find((one) => one.key === key);
  if (field?.kind !== 'choice') return value;
  return field.choices.find(([choice]) => choice === value)?.[1] ?? value;
}
