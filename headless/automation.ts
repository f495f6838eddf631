// The page's automation object, `window.roundtable`, as seen from outside: what the headless runner,
// the benchmarks and the end-to-end tests drive a dashboard with.
import type { JSHandle, Page } from 'playwright';
import type { DashboardActions, DashboardState } from '../src/ui/dashboard-store.ts';

export interface Automation {
  state(): DashboardState;
  readonly actions: DashboardActions;
}

/** Throws an Error with `message` when `work` takes longer than `limitMs`. */
export async function withLimit<Result>(
  work: Promise<Result>,
  limitMs: number,
  message: string,
): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(message)), limitMs);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}

/** Valid until the page is loaded anew. Throws an Error when the page offers none in time. */
export async function automationOf(page: Page, limitMs = 30_000): Promise<JSHandle<Automation>> {
  const message = `the page offered no window.roundtable within ${limitMs / 1000} s`;
  try {
    await page.waitForFunction('window.roundtable !== undefined', null, { timeout: limitMs });
  } catch (error) {
    throw new Error(message, { cause: error });
  }
  return page.evaluateHandle<Automation>('window.roundtable');
}

/** A snapshot of the page's state. */
export function readState(automation: JSHandle<Automation>): Promise<DashboardState> {
  const reading = automation.evaluate((roundtable) => roundtable.state());
  return withLimit(reading, 30_000, 'the dashboard did not answer within 30 s');
}
