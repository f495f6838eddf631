// A hex dump with offsets.
import { memo } from 'react';
import { byteRows } from './byte-rows.ts';

interface ByteGridProps {
  readonly bytes: Uint8Array;
  /** What these bytes are, for a screen reader, which is spared the bytes themselves. */
  readonly label: string;
  readonly perRow?: number;
}

export const ByteGrid = memo(function ByteGrid(props: ByteGridProps) {
  const { bytes, perRow = 16 } = props;
  return (
    // What scrolls must be reachable by keyboard (axe: scrollable-region-focusable).
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <figure className="byte-grid" tabIndex={0} aria-label={props.label}>
      <div aria-hidden="true">
        {byteRows(bytes, perRow).map(({ offset, cells }) => (
          <div key={offset} className="byte-row">
            <span className="byte-offset">{String(offset).padStart(3, ' ')}</span>
            {cells.map((hex, index) => (
              <span key={index}>{hex}</span>
            ))}
          </div>
        ))}
      </div>
    </figure>
  );
});
