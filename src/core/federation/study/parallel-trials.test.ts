// Trials side by side over clients that obey: who gets whose clients, and that commands, storage and
// restarts concern every run. (With faults: testing/simulation/parallel.test.ts.)
import { describe, expect, it } from 'vitest';
import type { StudySetup } from '../../experiment/study-setup.ts';
import { isFinished } from '../../tuning/trial.ts';
import { createObedientTable } from '../../../testing/samples/obedient-table.ts';
import { smallStudy, smallStudyAccuracy } from '../../../testing/samples/small-study.ts';

const setupOf = (parallelTrials = 2, study: Partial<StudySetup['study']> = {}) =>
  smallStudy({
    study: { numTrials: 6, ...study },
    base: { minimumClients: 2, rounds: 3 },
    parallelTrials,
  });

function started(numClients = 6, setup = setupOf()) {
  const table = createObedientTable({ numClients, accuracyOf: smallStudyAccuracy });
  expect(table.command({ type: 'start-study', setup }).ok).toBe(true);
  return table;
}

type Table = ReturnType<typeof started>;

const running = ({ view }: Table) => view.study!.running.map(({ number }) => number);

/** Both of the first trials are in round 2. */
const inTheMiddle = (table: Table) => () => {
  const rounds = table.view.study!.running.map(({ round }) => round);
  return rounds.length === 2 && rounds.every((round) => round >= 2);
};

/** Clients in the order of their seats in a run, as they were assigned. */
function seatsOf(table: Table, runId: string): number[] {
  const seats: number[] = [];
  for (const { client, message } of table.sent) {
    if (message.type === 'assign' && message.runId === runId) seats[message.seat] = client;
  }
  return seats;
}

/** Time passes as often as it takes. */
function finish(table: Table): void {
  for (let i = 0; i < 10 && table.view.study!.phase !== 'finished'; i++) {
    table.run();
    table.pass(500);
  }
  expect(table.view.study!.phase).toBe('finished');
}

const results = ({ view }: Table) =>
  view.trials.map(({ state, params, value }) => ({ state, params, value }));

describe('two trials side by side', () => {
  it('have clients of their own, and together the same results as one after the other', () => {
    const table = started();
    table.run(inTheMiddle(table));
    expect(running(table)).toEqual([0, 1]);
    const { run, beside, clients } = table.view;
    expect([run!.runId, ...beside.map(({ runId }) => runId)]).toEqual(['study-0', 'study-1']);
    const shown = clients.map(({ runId, seat, standing }) => [runId, seat, standing]);
    expect(shown).toEqual([
      ...[0, 1, 2].map((seat) => ['study-0', seat, 'ready']),
      ...[0, 1, 2].map(() => ['study-1', null, 'ready']),
    ]);
    finish(table);
    const alone = started(3, setupOf(1));
    finish(alone);
    expect(results(table)).toEqual(results(alone));
  });

  it('keep seats and keys for the trials that follow in their places', () => {
    const table = started();
    finish(table);
    const seats = table.view.trials.map(({ runId }) => seatsOf(table, runId!));
    expect(new Set(seats.map(String))).toEqual(new Set(['0,1,2', '3,4,5']));
    expect(table.sent.filter(({ message }) => message.type === 'make-keys')).toHaveLength(1);
  });

  it('are both over before the best model is tested, once', () => {
    const table = started();
    const isTested = () =>
      table.sent.some(({ message }) => message.type === 'evaluate' && message.split === 'test');
    table.run(isTested);
    expect(table.view.trials.every(isFinished)).toBe(true);
    expect(table.view.trials).toHaveLength(6);
    finish(table);
    const { study, run, beside, archive } = table.view;
    expect(run).toMatchObject({ runId: study!.best!.runId, test: study!.best!.test });
    expect(beside).toEqual([]);
    const runIds = [run!.runId, ...archive.map(({ runId }) => runId)];
    expect(runIds.toSorted()).toEqual([0, 1, 2, 3, 4, 5].map((number) => `study-${number}`));
  });

  it('take half the time that is left', () => {
    const table = started();
    table.run(() => table.view.study!.counts.complete === 2 && inTheMiddle(table)());
    const { timeLeftMs, running: going } = table.view.study!;
    const durations = table.view.trials
      .filter(isFinished)
      .map(({ startedAtMs, completedAtMs }) => completedAtMs! - startedAtMs!);
    const mean = (durations[0]! + durations[1]!) / 2;
    const numLeft = 4 - going.reduce((sum, { round }) => sum + (round - 1) / 3, 0);
    expect(timeLeftMs).toBeCloseTo((numLeft * mean) / 2, 6);
  });

  it('show what has not changed as the same objects', () => {
    const table = started();
    table.run(inTheMiddle(table));
    const before = table.view;
    table.join(7); // a spare: the runs are as before
    expect(table.view.beside).toBe(before.beside);
    expect(table.view.run).toBe(before.run);
    table.command({ type: 'stop-trial', studyId: 'study', number: 0 });
    expect(table.view.beside[0]).toBe(before.beside[0]);
  });
});

describe('a further trial', () => {
  it('begins when there are clients for it, and no more than are asked for', () => {
    const table = started(5, setupOf(2, { numTrials: 20 }));
    table.run(() => table.view.history.length === 2);
    expect(running(table)).toEqual([0]);
    table.join(5);
    table.run(() => running(table).length === 2);
    for (const client of [6, 7, 8]) table.join(client);
    table.run(() => table.view.study!.counts.complete === 4);
    expect(running(table).length).toBeLessThanOrEqual(2);
    expect(table.view.study!.running.every(({ number }) => number < 6)).toBe(true);
  });

  it('waits until keys are there, to have the same', () => {
    const table = started();
    const isAsked = () => table.sent.some(({ message }) => message.type === 'make-keys');
    table.run(isAsked);
    expect(running(table)).toEqual([0]);
    table.run(() => running(table).length === 2);
    expect(table.view.server.keyEpoch).toBe(1);
  });

  it('does not begin with clients that another trial lacks', () => {
    const table = started();
    table.run(inTheMiddle(table));
    table.leave(4); // of trial 1; now there are five
    table.run(() => table.view.study!.counts.complete === 1);
    expect(running(table)).toEqual([1]);
    // The one that goes on is shown.
    expect(table.view).toMatchObject({ run: { runId: 'study-1' }, beside: [] });
    expect(table.view.archive.map(({ runId }) => runId)).toEqual(['study-0']);
    table.join(4);
    table.run(() => running(table).length === 2);
    expect(table.view.run!.runId).toBe('study-1');
  });
});

describe('clients that a trial leaves free', () => {
  it('fill the empty seats of the other, if no trial follows', () => {
    const table = started(6, setupOf(2, { numTrials: 2 }));
    table.run(inTheMiddle(table));
    table.leave(4);
    table.leave(5); // too few are left for trial 1
    table.run();
    expect(seatsOf(table, 'study-1')[0]).toBe(3);
    expect(
      seatsOf(table, 'study-1')
        .slice(1)
        .every((client) => client < 3),
    ).toBe(true);
    expect(table.view.study).toMatchObject({ phase: 'finished', counts: { complete: 2 } });
  });

  it('come back to the run that keeps their seat', () => {
    const table = started();
    table.run(inTheMiddle(table));
    table.leave(1);
    table.leave(2);
    // Trial 0 is looking for others now.
    table.run(() => table.view.run!.phase === 'gathering');
    expect(table.view.beside[0]!.phase).not.toBe('finished');
    table.leave(4);
    table.join(4);
    table.join(1);
    const place = (client: number) =>
      table.view.clients.find(({ clientId }) => clientId === `client-${client}`)!.runId;
    expect([place(1), place(4)]).toEqual(['study-0', 'study-1']);
  });
});

describe('commands', () => {
  const state = ({ view }: Table) => [view.study!.phase, view.run!.phase, view.beside[0]?.phase];

  it('pause and continue all runs', () => {
    const table = started();
    table.run(inTheMiddle(table));
    table.command({ type: 'pause-study', studyId: 'study' });
    table.run();
    expect(state(table)).toEqual(['paused', 'paused', 'paused']);
    table.command({ type: 'continue-run', runId: 'study-1' });
    expect(state(table)).toEqual(['running', 'gathering', 'gathering']);
    table.command({ type: 'pause-run', runId: 'study-1' });
    table.run();
    expect(state(table)).toEqual(['paused', 'paused', 'paused']);
    table.command({ type: 'continue-study', studyId: 'study', numTrials: null });
    finish(table);
    expect(table.view.study!.counts.complete).toBe(6);
  });

  it('take a pause back before it has begun', () => {
    const table = started();
    table.run(() => table.view.run?.phase === 'committing' && table.view.run.round === 2);
    table.command({ type: 'pause-study', studyId: 'study' });
    table.command({ type: 'continue-study', studyId: 'study', numTrials: null });
    table.run();
    expect(table.view.study).toMatchObject({ phase: 'finished', counts: { complete: 6 } });
  });

  it('stop the trial that they name', () => {
    const table = started();
    table.run(inTheMiddle(table));
    table.command({ type: 'stop-trial', studyId: 'study', number: 1 });
    expect(table.view.trials.map((trial) => trial.state)).toEqual(['running', 'failed', 'running']);
    table.command({ type: 'stop-run', runId: 'study-2' });
    expect(table.view.trials[2]!.failReason).toEqual({ code: 'trial-stopped' });
    expect(table.view.trials[0]!.state).toBe('running');
    finish(table);
    expect(table.view.study!.counts).toMatchObject({ complete: 4, failed: 2 });
  });

  it('stop all trials with the study', () => {
    const table = started();
    table.run(() => table.view.study!.counts.complete === 2 && inTheMiddle(table)());
    table.command({ type: 'stop-study', studyId: 'study' });
    table.run();
    expect(table.view.study).toMatchObject({
      phase: 'stopped',
      counts: { complete: 2, failed: 2, running: 0 },
    });
    expect(table.view.study!.best!.test).not.toBeNull();
  });

  it('give out a run that is not at the table', () => {
    const table = started();
    table.run(inTheMiddle(table));
    const history = table.command({ type: 'get-history', runId: 'study-1' });
    expect(history).toMatchObject({ ok: true, result: { runId: 'study-1' } });
    const model = table.command({ type: 'get-model', runId: 'study-1' });
    expect(model).toMatchObject({ ok: true, result: { round: 1 } });
    expect(table.command({ type: 'pause-run', runId: 'study-9' })).toMatchObject({
      ok: false,
      code: 'foreign-run',
    });
  });

  it('are not needed where storage fails: all runs pause, and say why', () => {
    const table = started();
    table.run(inTheMiddle(table));
    table.failSave();
    table.run();
    expect(state(table)).toEqual(['paused', 'paused', 'paused']);
    expect(table.view.study!.note).toEqual({ code: 'not-stored' });
    table.command({ type: 'continue-study', studyId: 'study', numTrials: null });
    finish(table);
  });
});

describe('a trial that is about to be stopped', () => {
  it('is not paused instead, though storage fails', () => {
    const table = started();
    const isAt = (phase: string) => () =>
      table.view.run?.phase === phase && table.view.run.round === 2;
    table.run(isAt('applying'));
    table.failSave();
    table.command({ type: 'enqueue-trial', studyId: 'study', params: { units: 70 } });
    table.run(isAt('committing'));
    table.command({ type: 'stop-trial', studyId: 'study', number: 0 });
    table.run();
    expect(table.view.study!.phase).toBe('paused');
    expect(table.view.trials[0]!.failReason).toEqual({ code: 'trial-stopped' });
  });
});

describe('a server that dies', () => {
  it('goes on with both trials, each on its own clients', () => {
    const whole = started();
    finish(whole);
    const table = started();
    table.run(inTheMiddle(table));
    table.restart();
    expect(running(table)).toEqual([0, 1]);
    const places = table.view.clients.map(({ clientId, runId }) => [clientId, runId]);
    expect(places).toEqual(
      [0, 1, 2, 3, 4, 5].map((client) => [`client-${client}`, `study-${client < 3 ? 0 : 1}`]),
    );
    finish(table);
    expect(results(table)).toEqual(results(whole));
    expect(table.view.archive.every(({ phase }) => phase === 'finished')).toBe(true);
  });

  it('has keys made under different epochs for runs that have lost theirs', () => {
    const table = started();
    table.run(inTheMiddle(table));
    table.loseKeys();
    const numSent = table.sent.length;
    table.restart();
    finish(table);
    const epochs = table.sent
      .slice(numSent)
      .flatMap(({ message }) => (message.type === 'make-keys' ? [message.keyEpoch] : []));
    expect(epochs).toEqual([2, 3]);
    expect(table.view.server.keyEpoch).toBe(3);
  });

  it('tells a trial that was over, and goes on with the other', () => {
    const table = started();
    table.run(() => table.view.study!.counts.complete === 2 && inTheMiddle(table)());
    // The run of trial 2 has ended, but nobody was told before the server died.
    const entry = table.stored.runs.get('study-2')!;
    Object.assign(entry.run, { status: 'failed', note: 'It was over.', endedAtMs: 5000 });
    table.restart();
    expect(table.view.trials[2]).toMatchObject({ state: 'failed', failReason: 'It was over.' });
    expect(table.view.trials[3]!.state).toBe('running');
    finish(table);
    expect(table.view.study!.counts).toMatchObject({ complete: 5, failed: 1 });
  });
});

describe('a journal', () => {
  it('brings along how many trials run side by side', () => {
    const whole = started();
    finish(whole);
    const given = whole.command({ type: 'get-journal', studyId: 'study', utcOffsetMinutes: 0 });
    const { journal } = (given as { result: { journal: string } }).result;
    const other = createObedientTable({ numClients: 6, accuracyOf: smallStudyAccuracy });
    other.command(
      { type: 'import-study', journal, utcOffsetMinutes: 0, setup: setupOf(1) },
      'import',
    );
    expect(other.view.study!.setup.parallelTrials).toBe(2);
    other.command({ type: 'continue-study', studyId: 'import', numTrials: 10 });
    other.run(() => other.view.study!.running.length === 2);
    expect(running(other)).toEqual([6, 7]);
    finish(other);
  });
});
