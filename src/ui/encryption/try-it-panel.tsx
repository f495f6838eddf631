// "Try it": two clients encrypt what a visitor types, a server adds the ciphertexts without a key, the
// clients open the sum. The code of a real round, in a worker; nothing of it is sent anywhere.
import { useId, useState, type FormEvent } from 'react';
import type { Demonstration } from '../../core/protocol/inspector-messages.ts';
import { formatBytes, formatDuration, formatNumber } from '../format.ts';
import { ByteGrid } from './byte-grid.tsx';
import { MAX_NUMBERS, readNumbers } from './number-list.ts';

export type Demonstrate = (
  first: readonly number[],
  second: readonly number[],
) => Promise<Demonstration>;

type Attempt =
  | { readonly phase: 'none' }
  | { readonly phase: 'working' }
  | { readonly phase: 'done'; readonly result: Demonstration }
  | { readonly phase: 'failed'; readonly text: string };

/** Bytes in one row of a head: eight fit a phone's width. */
const HEAD_BYTES_SHOWN = 32;

export function TryItPanel({ demonstrate }: { readonly demonstrate: Demonstrate }) {
  const titleId = useId();
  const [texts, setTexts] = useState<readonly [string, string]>(['1, 2, 3', '4, 5, 6']);
  const [attempt, setAttempt] = useState<Attempt>({ phase: 'none' });
  const lists = [readNumbers(texts[0]), readNumbers(texts[1])] as const;

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const [first, second] = lists;
    if (!first.ok || !second.ok) return;
    setAttempt({ phase: 'working' });
    try {
      const result = await demonstrate(first.numbers, second.numbers);
      setAttempt({ phase: 'done', result });
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      setAttempt({ phase: 'failed', text });
    }
  };

  const isWorking = attempt.phase === 'working';
  return (
    <section className="panel encryption-panel" aria-labelledby={titleId}>
      <h2 id={titleId}>Try it</h2>
      <p className="small soft">
        Two clients hold a list each. Both are encrypted, the ciphertexts are added without a key,
        and only the sum is opened. It happens in a worker of this tab.
      </p>
      <form className="try-form" onSubmit={(event) => void submit(event)}>
        {(['First', 'Second'] as const).map((which, index) => (
          <NumbersField
            key={which}
            label={`${which} client’s numbers`}
            text={texts[index]!}
            problem={problemOf(lists[index]!)}
            onChange={(text) => setTexts(index === 0 ? [text, texts[1]] : [texts[0], text])}
          />
        ))}
        <button
          type="submit"
          className="button button-primary"
          disabled={isWorking || lists.some((list) => !list.ok)}
        >
          {isWorking ? 'Working …' : 'Encrypt, add, open'}
        </button>
      </form>
      <div aria-live="polite">
        <Outcome attempt={attempt} />
      </div>
    </section>
  );
}

function problemOf(list: ReturnType<typeof readNumbers>): string | null {
  return list.ok ? null : list.problem;
}

function NumbersField(props: {
  readonly label: string;
  readonly text: string;
  readonly problem: string | null;
  readonly onChange: (text: string) => void;
}) {
  const id = useId();
  return (
    <div className="try-field">
      <label htmlFor={id}>{props.label}</label>
      <input
        id={id}
        className="text-input"
        value={props.text}
        inputMode="text"
        autoComplete="off"
        aria-invalid={props.problem !== null}
        aria-describedby={`${id}-hint`}
        onChange={(event) => props.onChange(event.target.value)}
      />
      <p id={`${id}-hint`} className={props.problem === null ? 'small soft' : 'small error-text'}>
        {props.problem ?? `Up to ${MAX_NUMBERS}, three decimals.`}
      </p>
    </div>
  );
}

function Outcome({ attempt }: { readonly attempt: Attempt }) {
  switch (attempt.phase) {
    case 'none':
      return (
        <p className="chart-empty soft">
          Both ciphertexts, their sum and what it opens to appear here. Press “Encrypt, add, open”.
        </p>
      );
    case 'working':
      return (
        <p className="chart-empty soft">
          Encrypting in a worker. The first time, SEAL (1.3 MB) is loaded.
        </p>
      );
    case 'failed':
      return (
        <p className="note note-error" role="alert">
          Nothing was encrypted. {attempt.text}
        </p>
      );
    case 'done':
      return <Result result={attempt.result} />;
    default:
      return attempt satisfies never;
  }
}

function Result({ result }: { readonly result: Demonstration }) {
  const { milliseconds } = result;
  const update = formatBytes(result.updateBytes);
  return (
    <ol className="try-steps">
      <Step
        title={`First client: ${numbersText(result.first)}`}
        detail={`encrypted, ${update}; it begins with`}
        head={result.firstHead}
      />
      <Step
        title={`Second client: ${numbersText(result.second)}`}
        detail={`encrypted, ${update}; both took ${formatDuration(milliseconds.encrypt)}`}
        head={result.secondHead}
      />
      <Step
        title="Server: adds, without a key"
        detail={`the sum, ${formatBytes(result.sumBytes)}, in ${formatDuration(milliseconds.add)}`}
        head={result.sumHead}
      />
      <li>
        <p className="try-sum">
          Opened: <strong>{numbersText(result.sums)}</strong>
        </p>
        <p className="small soft">
          by a client, in {formatDuration(milliseconds.decrypt)} (keys took{' '}
          {formatDuration(milliseconds.keys)}).{' '}
          {result.exact
            ? 'Exactly the sum of the two lists.'
            : 'This is not the sum of the two lists: please report it.'}
        </p>
      </li>
    </ol>
  );
}

function Step(props: {
  readonly title: string;
  readonly detail: string;
  readonly head: Uint8Array;
}) {
  return (
    <li>
      <p>{props.title}</p>
      <p className="small soft">{props.detail}</p>
      <ByteGrid
        bytes={props.head.subarray(0, HEAD_BYTES_SHOWN)}
        label="Its first bytes, in hexadecimal"
      />
    </li>
  );
}

function numbersText(numbers: readonly number[]): string {
  return numbers.map((number) => formatNumber(number, 10)).join(', ');
}
