// A small sweep in real tabs through the page's automation object: it outlives all of its tabs, tests the
// best model once, and its journal brings it to another browser.
import * as v from 'valibot';
import { chromium, type Page } from '@playwright/test';
import { chromiumLaunchOptions } from '../scripts/chromium.mjs';
import { automationOf } from '../headless/automation.ts';
import { defaultRunConfig } from '../src/core/experiment/run-config.ts';
import type { ServerView } from '../src/core/protocol/view.ts';
import { floatDistribution, intDistribution } from '../src/core/tuning/distribution.ts';
import { studySetupSchema } from '../src/core/experiment/study-setup.ts';
import { createFederation, expect, stateOf, test } from './fixtures.ts';
import { smallRun } from './small-run.ts';

const config = smallRun({ rounds: 3, localBatches: 20, optimizer: 'adam' });
const setup = v.parse(studySetupSchema, {
  study: {
    name: 'small sweep',
    direction: 'maximize',
    searchSpace: {
      units: intDistribution(32, 64),
      learningRate: floatDistribution(1e-5, 1e-2, { log: true }),
    },
    pruner: { type: 'none' },
    numTrials: 3,
    seed: 3,
  },
  base: { ...defaultRunConfig, ...config },
  parallelTrials: 1,
});

async function startStudy(page: Page): Promise<void> {
  const automation = await automationOf(page);
  await automation.evaluate((roundtable, setup) => roundtable.actions.startStudy(setup), setup);
}

const isOver = ({ study }: ServerView) => study?.phase === 'finished';

test('a sweep goes on in the middle of its trial after the browser was closed', async ({
  baseURL,
}) => {
  const profile = test.info().outputPath('profile');
  const openBrowser = async () => {
    const context = await chromium.launchPersistentContext(profile, chromiumLaunchOptions());
    return { context, federation: createFederation(context, baseURL!) };
  };
  const first = await openBrowser();
  const dashboard = await first.federation.openDashboard(config);
  await first.federation.openClients(dashboard, 3);
  await startStudy(dashboard);
  const before = await first.federation.waitFor(
    dashboard,
    'round 1 of the second trial',
    ({ trials }) => (trials[1]?.intermediateValues.length ?? 0) >= 1,
  );
  expect(before.trials[1]!.state).toBe('running');
  await first.context.close();

  const second = await openBrowser();
  const reopened = await second.federation.openDashboard(config);
  await second.federation.openClients(reopened, 3);
  const after = await second.federation.waitFor(reopened, 'the end of the study', isOver);
  expect(after.server.serverId).not.toBe(before.server.serverId);
  expect(after.trials.map(({ state }) => state)).toEqual(['complete', 'complete', 'complete']);
  expect(after.trials[0]).toEqual(before.trials[0]);
  expect(after.trials[1]!.runId).toBe(before.trials[1]!.runId);
  expect(after.trials[1]!.params).toEqual(before.trials[1]!.params);
  expect(after.trials[1]!.intermediateValues[0]).toEqual(before.trials[1]!.intermediateValues[0]);

  const best = after.study!.best!;
  expect(best.value).toBe(Math.max(...after.trials.map(({ value }) => value!)));
  expect(best.value).toBeGreaterThan(0.6); // guessing is 0.1
  expect(best.test!.numExamples).toBe(10_000);
  expect(Math.abs(best.test!.accuracy - best.value)).toBeLessThan(0.05);
  const tested = [...after.archive, after.run!].filter((run) =>
    'test' in run ? run.test !== null : run.testAccuracy !== null,
  );
  expect(tested.map(({ runId }) => runId)).toEqual([best.runId]);
  await second.context.close();
});

test('a sweep is paused, told more trials, stopped, and its journal taken in again', async ({
  federation,
}) => {
  const dashboard = await federation.openDashboard(config);
  await federation.openClients(dashboard, 3);
  const automation = await automationOf(dashboard);
  await startStudy(dashboard);
  await federation.waitFor(dashboard, 'a trial', ({ trials }) => trials[0]?.state === 'complete');
  await automation.evaluate((roundtable) => roundtable.actions.pauseStudy());
  await federation.waitFor(dashboard, 'the pause', ({ study }) => study?.phase === 'paused');
  const number = await automation.evaluate((roundtable) =>
    roundtable.actions.enqueueTrial({ units: 40, learningRate: 0.003 }),
  );
  await automation.evaluate((roundtable) => roundtable.actions.continueStudy(9));
  const isNext = ({ trials }: ServerView) => trials[number!]?.state === 'complete';
  const view = await federation.waitFor(dashboard, 'the enqueued trial', isNext);
  expect(view.trials[number!]!.params).toEqual({ units: 40, learningRate: 0.003 });
  await automation.evaluate((roundtable) => roundtable.actions.stopStudy());
  const isEnded = ({ study }: ServerView) =>
    study?.phase === 'stopped' || study?.phase === 'finished';
  const stopped = await federation.waitFor(dashboard, 'the end', isEnded);
  expect(stopped.study!.best!.test).not.toBeNull();

  const journal = await automation.evaluate((roundtable) => roundtable.actions.getStudyJournal());
  await automation.evaluate(
    (roundtable, { journal, setup }) => roundtable.actions.importStudy(journal, setup),
    { journal: journal!, setup },
  );
  const isImported = ({ study }: ServerView) => study?.studyId !== stopped.study!.studyId;
  const imported = await federation.waitFor(dashboard, 'the import', isImported);
  const facts = ({ trials }: ServerView) =>
    trials.map(({ params, state, value }) => ({ params, state, value }));
  expect(facts(imported)).toEqual(facts(stopped));
  expect((await stateOf(dashboard)).notices).toEqual([]);
});
