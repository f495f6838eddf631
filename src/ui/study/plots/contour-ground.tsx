// The bands of a contour plot, under its marks.
import { memo, useMemo } from 'react';
import type { StudyDirection } from '../../../core/tuning/trial.ts';
import type { Projection } from '../../charts/path.ts';
import { band, type Field } from './contour.ts';
import { bandColour } from './rank-colour.ts';

const NUM_BANDS = 9;

export const ContourGround = memo(function ContourGround(props: {
  readonly field: Field;
  /** Lowest and highest value of the field. */
  readonly low: number;
  readonly high: number;
  readonly direction: StudyDirection;
  readonly projection: Projection;
}) {
  const { field, low, high, direction, projection } = props;
  const bands = useMemo(
    () =>
      Array.from({ length: NUM_BANDS }, (_, index) => {
        const step = (high - low) / NUM_BANDS;
        const top = index === NUM_BANDS - 1 ? Infinity : low + (index + 1) * step;
        const place = (index + 0.5) / NUM_BANDS;
        return {
          colour: bandColour(direction === 'maximize' ? 1 - place : place),
          path: pathOf(band(field, index === 0 ? -Infinity : low + index * step, top), projection),
        };
      }),
    [field, low, high, direction, projection],
  );
  return bands.map(({ colour, path }) => (
    <path key={colour} className="study-band" style={{ fill: colour, stroke: colour }} d={path} />
  ));
});

function pathOf(
  polygons: readonly (readonly (readonly [u: number, v: number, value: number])[])[],
  { area }: Projection,
): string {
  const x = (u: number) => Math.round((area.left + u * area.width) * 10) / 10;
  const y = (v: number) => Math.round((area.top + (1 - v) * area.height) * 10) / 10;
  return polygons
    .map((polygon) => `M${polygon.map(([u, v]) => `${x(u)} ${y(v)}`).join('L')}Z`)
    .join('');
}
