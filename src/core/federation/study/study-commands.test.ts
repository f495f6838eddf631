// Studies by command, over clients that obey: start, pause, continue, stop, enqueue, give up, journals in
// and out, and what is left when the server dies in between. (With faults: testing/simulation/study.test.ts.)
import { describe, expect, it } from 'vitest';
import type { StudySetup } from '../../experiment/study-setup.ts';
import { createObedientTable } from '../../../testing/samples/obedient-table.ts';
import { smallStudy, smallStudyAccuracy } from '../../../testing/samples/small-study.ts';
import { defaultRunConfig, type RunConfig } from '../../experiment/run-config.ts';

const setupOf = (study: Partial<StudySetup['study']> = {}, base: Partial<RunConfig> = {}) =>
  smallStudy({ study, base });

const setUp = (numClients = 3, diverges?: (config: RunConfig) => boolean) =>
  createObedientTable({
    numClients,
    accuracyOf: smallStudyAccuracy,
    ...(diverges && { diverges }),
  });

function started(setup = setupOf(), numClients = 3) {
  const table = setUp(numClients);
  const answer = table.command({ type: 'start-study', setup });
  expect(answer).toEqual({ ok: true, result: { studyId: 'study' } });
  return table;
}

const reason = (outcome: ReturnType<ReturnType<typeof setUp>['command']>) =>
  outcome.ok ? null : outcome.reason;

describe('a study', () => {
  it('runs its trials one after the other and tests the best model once', () => {
    const table = started();
    table.run();
    const { study, trials, archive, run } = table.view;
    expect(study).toMatchObject({
      phase: 'finished',
      counts: { complete: 3, waiting: 0, running: 0, pruned: 0, failed: 0 },
      running: [],
      timeLeftMs: null,
    });
    for (const { state, value, params, intermediateValues, runId, number } of trials) {
      const config = { ...defaultRunConfig, units: params['units'] as number };
      expect(state).toBe('complete');
      expect(intermediateValues.map(({ step }) => step)).toEqual([1, 2]);
      expect(value).toBeCloseTo(smallStudyAccuracy(config, 2), 3);
      expect(runId).toBe(`study-${number}`);
    }
    const best = trials.toSorted((a, b) => b.value! - a.value!)[0]!;
    expect(study!.best).toMatchObject({ number: best.number, runId: best.runId });
    expect(study!.best!.test!.accuracy).toBeCloseTo(best.value!, 3);
    const tests = table.sent.filter(
      ({ message }) => message.type === 'evaluate' && message.split === 'test',
    );
    expect(tests).toHaveLength(3);
    expect(run!.runId).toBe(best.runId);
    expect([...archive, run!].filter(({ trialOf }) => trialOf?.studyId === 'study')).toHaveLength(
      3,
    );
  });

  it('keeps seats and keys from trial to trial', () => {
    const table = started();
    table.run(() => table.view.history.length === 2);
    table.leave(0);
    table.join(0); // it is the last to have come, and keeps its seat
    table.run();
    expect(table.view.study!.phase).toBe('finished');
    const seats = new Map<number, Set<number>>();
    for (const { client, message } of table.sent) {
      if (message.type !== 'assign') continue;
      seats.set(client, (seats.get(client) ?? new Set()).add(message.seat));
    }
    expect([...seats.values()].map(({ size }) => size)).toEqual([1, 1, 1]);
    expect(table.sent.filter(({ message }) => message.type === 'make-keys')).toHaveLength(1);
  });

  it('shows unchanged trials as the same objects', () => {
    const table = started();
    table.run(() => table.view.study!.counts.complete === 1);
    const [first] = table.view.trials;
    table.run();
    expect(table.view.trials[0]).toBe(first);
  });

  it('asks nobody to begin a round of a trial that is pruned', () => {
    const pruner = {
      type: 'threshold',
      lower: 0.5,
      upper: null,
      numWarmupSteps: 0,
      intervalSteps: 1,
    } as const;
    const table = started(setupOf({ pruner, numTrials: 8 }));
    table.run();
    const pruned = table.view.trials.filter(({ state }) => state === 'pruned');
    const rounds = (runId: string | null) =>
      new Set(
        table.sent.flatMap(({ message }) =>
          message.type === 'train' && message.runId === runId ? [message.round] : [],
        ),
      ).size;
    expect(pruned.length).toBeGreaterThan(0);
    expect(pruned.map(({ runId }) => rounds(runId))).toEqual(pruned.map(() => 1));
    for (const { params, value } of pruned) {
      expect(value).toBeCloseTo(smallStudyAccuracy(params as unknown as RunConfig, 1), 3);
      expect(value!).toBeLessThan(0.5);
    }
  });

  it('leaves in storage what somebody may still need: the weights of complete trials, one set of keys', () => {
    const pruner = {
      type: 'threshold',
      lower: 0.3,
      upper: null,
      numWarmupSteps: 0,
      intervalSteps: 1,
    } as const;
    const table = started(setupOf({ pruner, numTrials: 8 }));
    const kept = () =>
      table.view.trials.map(({ number, state, runId }) => {
        const { sealedWeights, sealedKeys } = table.stored.runs.get(runId!)!;
        return [number, state, sealedWeights !== null, sealedKeys !== null];
      });
    table.run(() => table.view.history.length === 2);
    expect(kept()).toEqual([[0, 'running', true, true]]);
    table.run();
    const { study, trials } = table.view;
    expect(study).toMatchObject({ phase: 'finished' });
    // The best one was taken up again to be tested: it has the keys that a study which goes on would use.
    const expected = trials.map(({ number, state }) => {
      return [number, state, state === 'complete', number === study!.best!.number];
    });
    expect(kept()).toEqual(expected);
    expect(study!.counts.pruned).toBeGreaterThan(0);
    expect(study!.counts.complete).toBeGreaterThan(1);
  });

  it('tells a failed trial with its reason and goes on', () => {
    const table = setUp(3, ({ units }) => units < 150);
    table.command({ type: 'start-study', setup: setupOf({ numTrials: 6 }) });
    for (let i = 0; i < 40; i++) {
      table.run();
      table.pass(500);
    }
    const { study, trials } = table.view;
    expect(study!.phase).toBe('finished');
    for (const { state, params, failReason } of trials) {
      const isBad = (params['units'] as number) < 150;
      expect(state).toBe(isBad ? 'failed' : 'complete');
      const why = { code: 'round-failed', numTimes: 3, because: 'non-finite-update' };
      expect(failReason).toEqual(isBad ? expect.objectContaining(why) : null);
    }
    expect(study!.counts.failed).toBeGreaterThan(0);
    expect(study!.counts.complete).toBeGreaterThan(0);
  });

  it('fails a trial whose clients stay away, waits for others, and goes on', () => {
    const table = started();
    table.run(() => table.view.history.length === 2);
    for (const client of [0, 1, 2]) table.leave(client);
    table.run();
    table.pass(4900);
    expect(table.view.trials[0]!.state).toBe('running');
    table.pass(200);
    table.run();
    expect(table.view.trials[0]).toMatchObject({
      state: 'failed',
      failReason: { code: 'clients-missing', numRequired: 2 },
    });
    // The next trial has not begun: it is waited for without limit.
    table.pass(60_000);
    expect(table.view.trials.map(({ state }) => state)).toEqual(['failed', 'running']);
    for (const client of [0, 1, 2]) table.join(client);
    table.run();
    expect(table.view.study).toMatchObject({ phase: 'finished', counts: { complete: 2 } });
  });
});

describe('commands on a study', () => {
  it('start it only when nothing else goes on', () => {
    const table = started();
    const again = table.command({ type: 'start-study', setup: setupOf() });
    expect(reason(again)).toEqual({ code: 'study-going-on', wanted: 'study' });
    const run = { type: 'start-run', config: setupOf().base, withTwin: false } as const;
    expect(table.command(run).ok).toBe(false);
  });

  it('pause it in the middle of a trial and continue it there', () => {
    const table = started();
    table.run(() => table.view.history.length === 2);
    expect(table.command({ type: 'pause-study', studyId: 'study' }).ok).toBe(true);
    table.run();
    const { run, study, trials } = table.view;
    expect([study!.phase, run!.phase, trials[0]!.state]).toEqual(['paused', 'paused', 'running']);
    expect(table.command({ type: 'pause-study', studyId: 'study' }).ok).toBe(false);
    const numSent = table.sent.length;
    table.pass(100_000);
    table.run();
    expect(table.sent).toHaveLength(numSent);
    const proceed = { type: 'continue-study', studyId: 'study', numTrials: null } as const;
    expect(table.command(proceed).ok).toBe(true);
    expect(table.view.run!.runId).toBe(run!.runId);
    table.run();
    expect(table.view.study).toMatchObject({ phase: 'finished', counts: { complete: 3 } });
  });

  it('are given by pausing and stopping a trial’s run, too', () => {
    const table = started();
    table.run(() => table.view.history.length === 2);
    const { runId } = table.view.run!;
    table.command({ type: 'pause-run', runId });
    expect(table.view.study!.phase).toBe('paused');
    table.command({ type: 'continue-run', runId });
    expect(table.view.study!.phase).toBe('running');
    table.command({ type: 'stop-run', runId });
    table.run();
    expect(table.view.trials.map(({ state }) => state)).toEqual(['failed', 'complete', 'complete']);
    expect(table.view.trials[0]!.failReason).toEqual({ code: 'trial-stopped' });
  });

  it('stop it: the running trial fails, the best so far is tested; it can be continued', () => {
    const table = started();
    table.run(() => table.view.trials.length === 2 && table.view.history.length === 2);
    expect(table.command({ type: 'stop-study', studyId: 'study' }).ok).toBe(true);
    table.run();
    const { study, trials } = table.view;
    expect(study).toMatchObject({ phase: 'stopped', best: { number: 0 } });
    expect(study!.best!.test).not.toBeNull();
    expect(trials[1]!.failReason).toEqual({ code: 'study-stopped' });
    const proceed = { type: 'continue-study', studyId: 'study', numTrials: 4 } as const;
    expect(table.command(proceed).ok).toBe(true);
    table.run();
    expect(table.view.study).toMatchObject({ phase: 'finished', counts: { complete: 3 } });
    expect(reason(table.command({ ...proceed, numTrials: null }))).toEqual({
      code: 'no-trials-left',
    });
  });

  it('enqueue a trial that comes next, if there can be such a run', () => {
    const table = started();
    const enqueue = (params: Record<string, number>) =>
      table.command({ type: 'enqueue-trial', studyId: 'study', params });
    expect(enqueue({ units: 77 })).toEqual({ ok: true, result: { number: 1 } });
    expect(reason(enqueue({ units: 5 }))).toEqual({ code: 'impossible-parameters' });
    expect(reason(enqueue({ colour: 5 }))).toEqual({
      code: 'parameter-not-varied',
      name: 'colour',
    });
    table.run();
    expect(table.view.trials[1]!.params).toEqual({ units: 77 });
    expect(table.view.study!.counts.complete).toBe(3);
  });

  it('give one trial up', () => {
    const table = started();
    table.run(() => table.view.history.length === 2);
    const stop = (number: number) =>
      table.command({ type: 'stop-trial', studyId: 'study', number });
    expect(reason(stop(1))).toEqual({ code: 'trial-not-running', number: 1 });
    expect(stop(0).ok).toBe(true);
    table.run();
    expect(table.view.trials.map(({ state }) => state)).toEqual(['failed', 'complete', 'complete']);
  });

  it('withdraw a waiting trial, which is neither run nor asked for again', () => {
    const table = started();
    const enqueue = (units: number) =>
      table.command({ type: 'enqueue-trial', studyId: 'study', params: { units } });
    enqueue(77);
    enqueue(78);
    const stop = { type: 'stop-trial', studyId: 'study', number: 1 } as const;
    expect(table.command(stop)).toEqual({ ok: true, result: null });
    const withdrawn = {
      state: 'failed',
      failReason: { code: 'trial-withdrawn' },
      runId: null,
      startedAtMs: null,
      value: null,
    };
    expect(table.view.trials[1]).toMatchObject(withdrawn);
    expect(reason(table.command(stop))).toMatchObject({ code: 'trial-not-running' });
    table.run();
    expect(table.view.study!.counts).toMatchObject({ complete: 2, failed: 1 });
    expect(table.view.trials.map(({ params }) => params['units'])).not.toContain(77);
    expect(table.view.trials[2]!.params).toEqual({ units: 78 });
    const given = table.command({ type: 'get-journal', studyId: 'study', utcOffsetMinutes: 0 });
    const { journal } = (given as { result: { journal: string } }).result;
    const other = setUp();
    const setup = setupOf();
    other.command({ type: 'import-study', journal, utcOffsetMinutes: 0, setup }, 'import');
    expect(other.view.trials[1]).toMatchObject(withdrawn);
  });

  it('clear the archive but for the runs of the study at the table', () => {
    const table = started();
    table.run();
    table.command({ type: 'clear-archive' });
    table.run();
    expect(table.stored.runs.size).toBe(3);
  });
});

describe('a server that dies', () => {
  it('goes on in the middle of the trial, to the same end', () => {
    const whole = started();
    whole.run();
    for (const numRounds of [1, 2]) {
      const table = started();
      table.run(() => table.view.trials.length === 2 && table.view.history.length === numRounds);
      table.restart();
      expect(table.view.run!.runId).toBe('study-1');
      for (let i = 0; i < 3; i++) {
        table.run();
        table.pass(500);
      }
      expect(table.view.study!.phase).toBe('finished');
      const results = (view: typeof table.view) =>
        view.trials.map(({ state, params, value }) => ({ state, params, value }));
      expect(results(table.view)).toEqual(results(whole.view));
      expect(table.view.study!.best!.test).toEqual(whole.view.study!.best!.test);
    }
  });

  it('remembers a paused and a finished study', () => {
    const table = started();
    table.run(() => table.view.history.length === 2);
    table.command({ type: 'pause-study', studyId: 'study' });
    table.run();
    table.restart();
    table.run();
    expect(table.view.study!.phase).toBe('paused');
    table.command({ type: 'continue-study', studyId: 'study', numTrials: null });
    for (let i = 0; i < 3; i++) {
      table.run();
      table.pass(500);
    }
    table.restart();
    expect(table.view.study).toMatchObject({ phase: 'finished', counts: { complete: 3 } });
    expect(table.view.study!.best!.test).not.toBeNull();
  });
});

describe('journals', () => {
  it('carry a study to another server, which goes on with it', () => {
    const whole = started();
    whole.run();
    const table = started();
    table.run(() => table.view.trials.length === 2 && table.view.history.length === 2);
    const given = table.command({ type: 'get-journal', studyId: 'study', utcOffsetMinutes: 60 });
    const { journal } = (given as { result: { journal: string } }).result;

    const other = setUp();
    const take = {
      type: 'import-study',
      journal,
      utcOffsetMinutes: 60,
      setup: setupOf({}, { rounds: 9 }),
    } as const;
    expect(other.command(take, 'import')).toEqual({ ok: true, result: { studyId: 'import' } });
    expect(other.view.study).toMatchObject({ phase: 'stopped', setup: { base: { rounds: 2 } } });
    expect(other.view.trials.map(({ state, runId }) => [state, runId])).toEqual([
      ['complete', null],
      ['waiting', null],
    ]);
    other.command({ type: 'continue-study', studyId: 'import', numTrials: null });
    other.run();
    const results = (view: typeof table.view) =>
      view.trials.map(({ state, params, value }) => ({ state, params, value }));
    expect(results(other.view)).toEqual(results(whole.view));
  });

  it('leave no model of the best trial: it is trained again to be tested', () => {
    const whole = started();
    whole.run();
    const given = whole.command({ type: 'get-journal', studyId: 'study', utcOffsetMinutes: 0 });
    const { journal } = (given as { result: { journal: string } }).result;
    const other = setUp();
    const setup = setupOf();
    other.command({ type: 'import-study', journal, utcOffsetMinutes: 0, setup }, 'import');
    const units = 64; // the worst there is
    other.command({ type: 'enqueue-trial', studyId: 'import', params: { units } });
    other.command({ type: 'continue-study', studyId: 'import', numTrials: null });
    other.run();
    const { best } = whole.view.study!;
    expect(other.view.study).toMatchObject({ phase: 'finished', best: { number: best!.number } });
    expect(other.view.study!.best!.test).toEqual(best!.test);
    expect(other.view.study!.best!.runId).toBe(`import-${best!.number}`);
  });

  it('are refused with the line that is wrong', () => {
    const take = (journal: string) =>
      reason(
        setUp().command({
          type: 'import-study',
          journal,
          utcOffsetMinutes: 0,
          setup: setupOf(),
        }),
      );
    const first = '{"op_code":0,"worker_id":"w","study_name":"s","directions":[2]}';
    expect(take(`${first}\nnot json\n{}\n`)).toEqual({
      code: 'journal-unreadable',
      line: 2,
      detail: 'not JSON',
    });
    expect(take('')).toEqual({ code: 'journal-empty' });
  });
});
