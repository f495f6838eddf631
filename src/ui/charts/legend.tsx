// The legend: pointing at an entry highlights the same thing in every chart, pressing it hides it
// from this one.
import { memo } from 'react';
import { setHighlight, useHighlight } from './highlight.ts';

export interface LegendItem {
  readonly id: string;
  readonly label: string;
  readonly colour: string;
  readonly dash?: string;
  /** An area (bars) rather than a line. */
  readonly filled?: boolean;
}

interface LegendProps {
  readonly items: readonly LegendItem[];
  readonly hidden: ReadonlySet<string>;
  readonly onToggle: (id: string) => void;
}

export const Legend = memo(function Legend({ items, hidden, onToggle }: LegendProps) {
  return (
    <ul className="chart-legend">
      {items.map((item) => (
        <li key={item.id}>
          <Entry item={item} isHidden={hidden.has(item.id)} onToggle={onToggle} />
        </li>
      ))}
    </ul>
  );
});

function Entry(props: {
  readonly item: LegendItem;
  readonly isHidden: boolean;
  readonly onToggle: (id: string) => void;
}) {
  const { item, isHidden } = props;
  const isHighlighted = useHighlight((id) => id === item.id);
  return (
    <button
      type="button"
      className="chart-legend-entry"
      aria-pressed={!isHidden}
      data-highlighted={isHighlighted || undefined}
      title={isHidden ? `Show ${item.label}` : `Hide ${item.label}`}
      onClick={() => props.onToggle(item.id)}
      onPointerEnter={() => setHighlight(item.id)}
      onPointerLeave={() => setHighlight(null)}
    >
      <Swatch item={item} />
      {item.label}
    </button>
  );
}

export function Swatch({ item }: { readonly item: Omit<LegendItem, 'id' | 'label'> }) {
  return (
    <svg width="20" height="10" aria-hidden="true" className="chart-swatch">
      {item.filled === true ? (
        <rect x="4" width="10" height="10" rx="2" style={{ fill: item.colour }} />
      ) : (
        <path d="M1 5h18" style={{ stroke: item.colour, strokeDasharray: item.dash }} />
      )}
    </svg>
  );
}

/** The set with `id` put in or taken out. */
export function toggled(ids: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(ids);
  if (!next.delete(id)) next.add(id);
  return next;
}
