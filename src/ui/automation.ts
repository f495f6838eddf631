// What scripts that drive the page (headless runs, end-to-end tests) may rely on:
// `window.roundtable`. It reads the same store and calls the same actions as the components.
import { dashboardStore, type DashboardActions, type DashboardState } from './dashboard-store.ts';

export interface Roundtable {
  state(): DashboardState;
  readonly actions: DashboardActions;
}

declare global {
  interface Window {
    roundtable?: Roundtable;
  }
}

export function exposeToAutomation(actions: DashboardActions): void {
  window.roundtable = { state: () => dashboardStore.getState(), actions };
}
