// A trial of one's own: some parameters given, the others left to the sampler. It is the next to run.
import { memo, useId, useState, type FormEvent } from 'react';
import type { Distribution, ParamValue, SearchSpace } from '../../../core/tuning/distribution.ts';
import { useActions } from '../../actions.ts';
import { rangeWords } from '../range-words.ts';
import { readParam } from '../read-param.ts';
import { formatParam, paramLabel } from '../trial-look.ts';

export const EnqueueForm = memo(function EnqueueForm(props: {
  readonly searchSpace: SearchSpace;
  /** Values to begin with; the parent remounts the form for others. */
  readonly initial: Readonly<Record<string, ParamValue>>;
}) {
  const { searchSpace } = props;
  const actions = useActions();
  const id = useId();
  const [texts, setTexts] = useState<Readonly<Record<string, string>>>(() =>
    Object.fromEntries(Object.entries(props.initial).map(([name, value]) => [name, String(value)])),
  );
  const [outcome, setOutcome] = useState('');
  const given = Object.entries(searchSpace).flatMap(([name, distribution]) => {
    const text = (texts[name] ?? '').trim();
    return text === '' ? [] : [[name, readParam(distribution, text)] as const];
  });
  const isGood = given.every(([, value]) => value !== undefined);

  const enqueue = async (event: FormEvent) => {
    event.preventDefault();
    if (!isGood) return;
    const number = await actions.enqueueTrial(
      Object.fromEntries(given) as Record<string, ParamValue>,
    );
    if (number !== null) setOutcome(`Trial ${number} waits; it is the next to start.`);
  };
  return (
    <form className="study-enqueue" onSubmit={(event) => void enqueue(event)}>
      {Object.entries(searchSpace).map(([name, distribution]) => (
        <div key={name} className="config-field">
          <label htmlFor={`${id}-${name}`}>{paramLabel(name)}</label>
          <ParamInput
            id={`${id}-${name}`}
            distribution={distribution}
            text={texts[name] ?? ''}
            isBad={given.some(([other, value]) => other === name && value === undefined)}
            onText={(text) => {
              setOutcome('');
              setTexts({ ...texts, [name]: text });
            }}
          />
        </div>
      ))}
      <button type="submit" className="button" disabled={!isGood}>
        Enqueue this trial
      </button>
      <p className="small soft" role="status">
        {isGood ? outcome : 'A value is outside its range.'}
      </p>
    </form>
  );
});

function ParamInput(props: {
  readonly id: string;
  readonly distribution: Distribution;
  readonly text: string;
  readonly isBad: boolean;
  readonly onText: (text: string) => void;
}) {
  const { distribution } = props;
  if (distribution.kind === 'categorical') {
    return (
      <select
        id={props.id}
        className="text-input"
        value={props.text}
        onChange={(event) => props.onText(event.target.value)}
      >
        <option value="">the sampler’s choice</option>
        {distribution.choices.map((choice) => (
          <option key={String(choice)} value={String(choice)}>
            {formatParam(choice)}
          </option>
        ))}
      </select>
    );
  }
  return (
    <input
      id={props.id}
      className="text-input"
      inputMode="decimal"
      autoComplete="off"
      placeholder={rangeWords(distribution)}
      aria-invalid={props.isBad}
      value={props.text}
      onChange={(event) => props.onText(event.target.value)}
    />
  );
}
