// Keyboard shortcuts: one table for the handler and the dialog that lists them. They never fire
// while something is being typed, chosen or slid, nor together with a modifier key.
import { currentActions } from '../actions.ts';
import { setShortcutsOpen, showView } from '../page-state.ts';
import { carryOutDecision } from '../table/run-decision.ts';
import { views } from './views.ts';

export interface Shortcut {
  readonly key: string;
  readonly meaning: string;
  readonly act: () => void;
}

export const shortcuts: readonly Shortcut[] = [
  { key: 's', meaning: 'Start, pause or continue the run', act: carryOutDecision },
  { key: 'a', meaning: 'Add a client in this tab', act: () => currentActions().addClients(1) },
  ...views.map(({ name, label }, index) => ({
    key: String(index + 1),
    meaning: `Show ${label}`,
    act: () => showView(name),
  })),
  { key: '?', meaning: 'Show these shortcuts', act: () => setShortcutsOpen(true) },
];

const typingPlaces = 'input, select, textarea, [contenteditable], [role="slider"], [role="dialog"]';

/** Listens until the returned function is called. */
export function listenForShortcuts(): () => void {
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.repeat) return;
    if (event.metaKey || event.ctrlKey || event.altKey) return;
    if (event.target instanceof Element && event.target.closest(typingPlaces)) return;
    const shortcut = shortcuts.find(({ key }) => key === event.key);
    if (shortcut === undefined) return;
    event.preventDefault();
    shortcut.act();
  };
  addEventListener('keydown', onKeyDown);
  return () => removeEventListener('keydown', onKeyDown);
}
