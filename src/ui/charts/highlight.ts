// Which client, trial or run the reader points at: one value for the page, so that hovering a mark
// in one chart highlights the same thing in every other.
import { createStore, useStore } from 'zustand';

interface Highlight {
  readonly id: string | null;
}

const highlightStore = createStore<Highlight>(() => ({ id: null }));

export function setHighlight(id: string | null): void {
  if (highlightStore.getState().id !== id) highlightStore.setState({ id });
}

/** Re-renders only when the selected value changes, e.g. whether this one mark is highlighted. */
export function useHighlight<Value>(selector: (id: string | null) => Value): Value {
  return useStore(highlightStore, (state) => selector(state.id));
}
