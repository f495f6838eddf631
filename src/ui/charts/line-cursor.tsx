// What stands at a line chart's cursor: a rule, dots on the lines, the values in words.
import { Swatch } from './legend.tsx';
import { pointAt, type Cursor, type LineAxis } from './line-geometry.ts';
import { isDrawable, pixelX, pixelY, type Projection } from './path.ts';
import { isPresent, type Series } from './series.ts';

/** More lines than this: the cursor names one line instead of all. */
const MAX_NAMED = 8;

export function cursorPixels(
  cursor: Cursor,
  series: readonly Series[],
  projection: Projection,
): readonly [number, number] {
  const chosen = series.find(({ id }) => id === cursor.seriesId);
  const point = chosen === undefined ? null : pointAt(chosen, cursor.x);
  const { area } = projection;
  const middle = area.top + area.height / 2;
  const hasPlace = point !== null && isDrawable(point, projection);
  return [pixelX(projection, cursor.x), hasPlace ? pixelY(projection, point.y!) : middle];
}

export function cursorText(
  cursor: Cursor,
  series: readonly Series[],
  x: LineAxis,
  y: LineAxis,
): string {
  const chosen = series.find(({ id }) => id === cursor.seriesId);
  if (chosen === undefined) return '';
  const value = pointAt(chosen, cursor.x)?.y;
  return `${chosen.label}, ${x.label} ${x.format(cursor.x)}: ${isPresent(value) ? y.format(value) : 'missing'}`;
}

export function CursorMarks(props: {
  readonly cursor: Cursor | null;
  readonly series: readonly Series[];
  readonly projection: Projection;
}) {
  const { cursor, projection } = props;
  if (cursor === null) return null;
  const { area } = projection;
  const left = pixelX(projection, cursor.x);
  const marked =
    props.series.length <= MAX_NAMED
      ? props.series
      : props.series.filter(({ id }) => id === cursor.seriesId);
  return (
    <>
      <path className="chart-cursor" d={`M${left} ${area.top}V${area.top + area.height}`} />
      {marked.map((one) => {
        const point = pointAt(one, cursor.x);
        return point === null || !isDrawable(point, projection) ? null : (
          <circle
            key={one.id}
            className="chart-cursor-dot"
            style={{ fill: one.colour }}
            cx={left}
            cy={pixelY(projection, point.y!)}
            r={4}
          />
        );
      })}
    </>
  );
}

export function Readout(props: {
  readonly cursor: Cursor;
  readonly series: readonly Series[];
  readonly x: LineAxis;
  readonly y: LineAxis;
  readonly waits: boolean;
}) {
  const { cursor, series, x, y } = props;
  const shown =
    series.length <= MAX_NAMED ? series : series.filter(({ id }) => id === cursor.seriesId);
  return (
    <>
      <p className="soft">
        {x.label} {x.format(cursor.x)}
      </p>
      <table>
        <tbody>
          {shown.map((one) => {
            const value = pointAt(one, cursor.x)?.y;
            return (
              <tr key={one.id} data-chosen={one.id === cursor.seriesId || undefined}>
                <th scope="row">
                  <Swatch item={one} /> {one.label}
                </th>
                <td>{isPresent(value) ? y.format(value) : '–'}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {props.waits ? <p className="soft">Newer points appear when the cursor leaves.</p> : null}
    </>
  );
}
