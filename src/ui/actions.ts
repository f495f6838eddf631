// Where components find what the page can do. The tab's connection is made once, before the page is
// drawn, and provided here; a module-level place rather than React context, because shortcuts and
// automation use it outside React too.
import type { DashboardActions } from './dashboard-store.ts';

let provided: DashboardActions | null = null;

/** Called once by the entry, before anything is drawn. */
export function provideActions(actions: DashboardActions): void {
  provided = actions;
}

/** Throws when nothing was provided: a mistake of the entry, not of the user. */
export function currentActions(): DashboardActions {
  if (provided === null)
    throw new Error('provideActions() must be called before the page is drawn');
  return provided;
}

/** The same, by the name that components expect. */
export function useActions(): DashboardActions {
  return currentActions();
}
