// The table of trials: sorted by any column, the rows that can be seen and a few more (hundreds of
// trials stay cheap). Choosing a row opens the trial's details.
import { noteSentence } from '../../../words.ts';
import { memo, useMemo, useState, type UIEvent } from 'react';
import type { TrialView } from '../../../core/protocol/view.ts';
import { useActions } from '../../actions.ts';
import { setHighlight, useHighlight } from '../../charts/highlight.ts';
import { formatDuration } from '../../format.ts';
import { plural } from '../../words.ts';
import { openTrial, useStudyPage } from '../study-page-state.ts';
import {
  capitalised,
  durationMs,
  formatParam,
  paramLabel,
  stateColour,
  trialId,
} from '../trial-look.ts';
import { sortedTrials, type ColumnKey, type TrialOrder } from './trial-order.ts';
import { useNow } from '../use-now.ts';

/** px; the style sheet gives every row this height. */
const ROW_HEIGHT = 33;
const VISIBLE_ROWS = 14;
const SPARE_ROWS = 6;

export interface TrialTableProps {
  readonly trials: readonly TrialView[];
  readonly numAll: number;
  readonly params: readonly string[];
  readonly metricName: string;
  readonly formatValue: (value: number | null) => string;
  readonly bestNumber: number | null;
  /** Numbers of the trials inside the brushes; null without brushes. */
  readonly brushed: ReadonlySet<number> | null;
}

export const TrialTable = memo(function TrialTable(props: TrialTableProps) {
  const { params } = props;
  const [order, setOrder] = useState<TrialOrder>({ column: 'number', descending: true });
  const [firstRow, setFirstRow] = useState(0);
  const chosen = useStudyPage((state) => state.openTrial);
  const runs = props.trials.some(({ state }) => state === 'running');
  const nowMs = useNow(runs);
  const { brushed } = props;
  const sorted = useMemo(() => {
    const inBrush =
      brushed === null ? props.trials : props.trials.filter(({ number }) => brushed.has(number));
    return sortedTrials(inBrush, order, nowMs);
  }, [props.trials, brushed, order, nowMs]);

  const from = Math.max(0, Math.min(firstRow, sorted.length - VISIBLE_ROWS) - SPARE_ROWS);
  const to = Math.min(sorted.length, from + VISIBLE_ROWS + 2 * SPARE_ROWS);
  const onScroll = (event: UIEvent<HTMLElement>) => {
    const row = Math.floor(event.currentTarget.scrollTop / ROW_HEIGHT);
    if (Math.abs(row - firstRow) >= SPARE_ROWS / 2 || row === 0) setFirstRow(row);
  };
  const columns: readonly (readonly [ColumnKey, string, isNumber: boolean])[] = [
    ['number', 'Trial', false],
    ['state', 'State', false],
    ['value', capitalised(props.metricName), true],
    ['rounds', 'Rounds', true],
    ['duration', 'Duration', true],
    ...params.map((name) => [`param:${name}`, paramLabel(name), true] as const),
  ];
  return (
    <section className="panel study-trials" aria-labelledby="trials-title">
      <div className="study-trials-head">
        <h2 id="trials-title">Trials</h2>
        <p className="small soft">
          {sorted.length === props.numAll
            ? plural(props.numAll, 'trial')
            : `${sorted.length} of ${plural(props.numAll, 'trial')}, as filtered above`}
        </p>
      </div>
      {props.numAll === 0 ? (
        <p className="chart-empty soft">
          Every trial appears here with its parameters and its value as soon as the study is
          started.
        </p>
      ) : (
        <section
          className="study-table"
          style={{ maxHeight: (VISIBLE_ROWS + 1) * ROW_HEIGHT }}
          // What scrolls must be reachable by keyboard.
          // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
          tabIndex={0}
          aria-label="Table of trials"
          onScroll={onScroll}
          onPointerLeave={() => setHighlight(null)}
        >
          <table className="data-table" aria-rowcount={sorted.length + 1}>
            <thead>
              <tr>
                {columns.map(([key, label, isNumber]) => (
                  <th
                    key={key}
                    scope="col"
                    className={isNumber ? 'number' : undefined}
                    aria-sort={
                      order.column !== key ? 'none' : order.descending ? 'descending' : 'ascending'
                    }
                  >
                    <button
                      type="button"
                      className="study-sort"
                      onClick={() => setOrder(nextOrder(order, key))}
                    >
                      {label}
                      <span aria-hidden="true">
                        {order.column !== key ? '' : order.descending ? ' ↓' : ' ↑'}
                      </span>
                    </button>
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              <Filler rows={from} />
              {sorted.slice(from, to).map((trial, index) => (
                <Row
                  key={trial.number}
                  trial={trial}
                  rowIndex={from + index + 2}
                  params={params}
                  formatValue={props.formatValue}
                  isBest={trial.number === props.bestNumber}
                  isOpen={trial.number === chosen}
                  durationText={formatDuration(durationMs(trial, nowMs))}
                />
              ))}
              <Filler rows={sorted.length - to} />
            </tbody>
          </table>
        </section>
      )}
    </section>
  );
});

const Row = memo(function Row(props: {
  readonly trial: TrialView;
  readonly rowIndex: number;
  readonly params: readonly string[];
  readonly formatValue: (value: number | null) => string;
  readonly isBest: boolean;
  readonly isOpen: boolean;
  readonly durationText: string;
}) {
  const { trial, isBest } = props;
  const id = trialId(trial.number);
  const isHighlighted = useHighlight((highlighted) => highlighted === id);
  return (
    <tr
      aria-rowindex={props.rowIndex}
      data-highlighted={isHighlighted || undefined}
      data-open={props.isOpen || undefined}
      onPointerEnter={() => setHighlight(id)}
      onClick={() => openTrial(trial.number)}
    >
      <th scope="row">
        <button
          type="button"
          className="link-button"
          aria-label={`Trial ${trial.number}, details`}
          onFocus={() => setHighlight(id)}
        >
          {trial.number}
        </button>
        {isBest ? <span className="study-best-badge">best</span> : null}
      </th>
      <td title={trial.failReason === null ? undefined : noteSentence(trial.failReason)}>
        <span className="swatch" style={{ background: stateColour(trial.state) }} />
        {trial.state}
        {trial.state === 'waiting' ? <Withdraw number={trial.number} /> : null}
      </td>
      <td className="number">{props.formatValue(trial.value)}</td>
      <td className="number">{trial.intermediateValues.length}</td>
      <td className="number">{props.durationText}</td>
      {props.params.map((name) => (
        <td key={name} className="number">
          {formatParam(trial.params[name])}
        </td>
      ))}
    </tr>
  );
});

function Withdraw({ number }: { readonly number: number }) {
  const actions = useActions();
  return (
    <button
      type="button"
      className="link-button study-withdraw"
      aria-label={`Withdraw trial ${number}`}
      title="It will not run."
      onClick={(event) => {
        event.stopPropagation(); // the row would open the trial's details
        void actions.stopTrial(number);
      }}
    >
      Withdraw
    </button>
  );
}

/** The height of the rows that are not there. */
function Filler({ rows }: { readonly rows: number }) {
  return rows <= 0 ? null : <tr aria-hidden="true" style={{ height: rows * ROW_HEIGHT }} />;
}

/** The same column again turns round; a value begins with the largest, anything else with the smallest. */
function nextOrder(order: TrialOrder, column: ColumnKey): TrialOrder {
  if (order.column === column) return { column, descending: !order.descending };
  return { column, descending: column === 'value' };
}
