// The way back from a zoom, in a chart's tools; nothing where there is no zoom.
import type { Domain } from './series.ts';

export function WholeRange(props: {
  readonly zoom: Domain | null;
  readonly changeZoom: (range: null) => void;
}) {
  if (props.zoom === null) return null;
  return (
    <button type="button" className="chart-tool" onClick={() => props.changeZoom(null)}>
      Whole range
    </button>
  );
}
