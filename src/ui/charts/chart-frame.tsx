// What every chart has around it: a title that says what is plotted over what, its table, and
// files to take away (SVG, PNG, CSV). Without data it says what will appear and how to make it appear.
import { DropdownMenu } from 'radix-ui';
import { useId, useMemo, useRef, useState, type ReactNode } from 'react';
import { download, pictureOf, rasterise } from './save-picture.ts';
import type { LegendEntry } from './svg-text.ts';
import { cellText, fileStem, toCsv, type ChartTable } from './chart-table.ts';
import './charts.css';

/** Rows of the table on the page; the CSV has all. */
const MAX_TABLE_ROWS = 500;

export interface ChartFrameProps {
  /** What is plotted over what: "Validation accuracy per round". */
  readonly title: string;
  /** The rest of it: over how many examples, what a line is. */
  readonly caption?: string | undefined;
  /** null when there are data; otherwise what will appear and how to make it appear. */
  readonly empty: string | null;
  readonly table: () => ChartTable;
  /** The legend of the saved picture. */
  readonly pictureLegend: readonly LegendEntry[];
  readonly legend?: ReactNode;
  /** Switches of this chart, beside the frame's own. */
  readonly tools?: ReactNode;
  readonly children: ReactNode;
}

export function ChartFrame(props: ChartFrameProps) {
  const { title, empty, table } = props;
  const titleId = useId();
  const body = useRef<HTMLDivElement>(null);
  const [showsTable, setShowsTable] = useState(false);
  const [trouble, setTrouble] = useState<string | null>(null);

  const save = async (kind: 'svg' | 'png' | 'csv') => {
    setTrouble(null);
    const stem = fileStem(title);
    try {
      if (kind === 'csv') return download(toCsv(table()), `${stem}.csv`, 'text/csv');
      const svg = body.current?.querySelector<SVGSVGElement>('.recharts-surface, .chart-picture');
      if (!svg) throw new Error('the chart is not on the page');
      const picture = pictureOf(svg, title, props.pictureLegend);
      if (kind === 'svg') download(picture.text, `${stem}.svg`, 'image/svg+xml');
      else download(await rasterise(picture), `${stem}.png`);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      setTrouble(`The picture was not saved: ${reason}. The CSV file has the same numbers.`);
    }
  };

  return (
    <figure className="chart" aria-labelledby={titleId}>
      <div className="chart-head">
        <div>
          <h3 id={titleId}>{title}</h3>
          {props.caption === undefined ? null : <p className="small soft">{props.caption}</p>}
        </div>
        {empty === null ? (
          <div className="chart-tools">
            {props.tools}
            <button
              type="button"
              className="chart-tool"
              aria-pressed={showsTable}
              onClick={() => setShowsTable(!showsTable)}
            >
              Table
            </button>
            <SaveMenu title={title} hasPicture={!showsTable} onSave={(kind) => void save(kind)} />
          </div>
        ) : null}
      </div>
      {trouble === null ? null : (
        <p className="note note-error" role="alert">
          {trouble}
        </p>
      )}
      {empty !== null ? (
        <p className="chart-empty soft">{empty}</p>
      ) : showsTable ? (
        <Table table={table} title={title} />
      ) : (
        <>
          {props.legend}
          <div ref={body}>{props.children}</div>
        </>
      )}
    </figure>
  );
}

function SaveMenu(props: {
  readonly title: string;
  readonly hasPicture: boolean;
  readonly onSave: (kind: 'svg' | 'png' | 'csv') => void;
}) {
  const kinds = props.hasPicture ? (['svg', 'png', 'csv'] as const) : (['csv'] as const);
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger className="chart-tool" aria-label={`Save: ${props.title}`}>
        Save
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="chart-menu" align="end" sideOffset={4}>
          {kinds.map((kind) => (
            <DropdownMenu.Item key={kind} onSelect={() => props.onSave(kind)}>
              {menuLabels[kind]}
            </DropdownMenu.Item>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

const menuLabels = {
  svg: 'Picture, SVG',
  png: 'Picture, PNG',
  csv: 'Numbers, CSV',
};

function Table(props: { readonly table: () => ChartTable; readonly title: string }) {
  const { table: makeTable, title } = props;
  const table = useMemo(() => makeTable(), [makeTable]);
  const rows = table.rows.slice(0, MAX_TABLE_ROWS);
  return (
    // What scrolls must be reachable by keyboard.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <section className="chart-table" tabIndex={0} aria-label={`${title}, as a table`}>
      <table className="data-table">
        <thead>
          <tr>
            {table.columns.map((column, index) => (
              <th key={index} scope="col" className="number">
                {column.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index}>
              {row.map((cell, at) => (
                <td key={at} className={typeof cell === 'string' ? undefined : 'number'}>
                  {cellText(cell, table.columns[at]!)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length < table.rows.length ? (
        <p className="small soft">
          The first {MAX_TABLE_ROWS} of {table.rows.length} rows; the CSV file has all.
        </p>
      ) : null}
    </section>
  );
}
