// Drives one run in real tabs through the dashboard's automation object.
import { isOverPhase } from '../src/core/protocol/view.ts';
import type { RunConfig } from '../src/core/experiment/run-config.ts';
import type { ServerView } from '../src/core/protocol/view.ts';
import { shapeResult, type RunResult } from './result.ts';
import { withTabs, type TabsOptions } from './tabs.ts';

export interface DriveOptions extends TabsOptions {
  readonly config: RunConfig;
  readonly onView?: (view: ServerView) => void;
}

export interface DrivenRun {
  readonly result: RunResult;
  /** The server's last view, for what the result leaves out. */
  readonly view: ServerView;
  readonly browserVersion: string;
}

/** Throws an Error of one sentence when the run cannot be started or does not finish. */
export async function driveRun(options: DriveOptions): Promise<DrivenRun> {
  const { config, onView } = options;
  return withTabs(options, config, async (tabs) => {
    await tabs.openClients(config.clients);
    const startedAtMs = performance.now();
    await tabs.act((automation) =>
      automation.evaluate(
        (roundtable, config) => roundtable.actions.startRun(config, false),
        config,
      ),
    );
    const isOver = ({ run }: ServerView) => run !== null && isOverPhase(run.phase);
    const view = await tabs.watch(isOver, config.deadlineMs, (shown) => {
      if (shown.run) onView?.(shown);
    });
    const result = shapeResult(view, performance.now() - startedAtMs);
    return { result, view, browserVersion: tabs.browserVersion };
  });
}
