// Single steps of the coordinator that a simulation meets too rarely or cannot see: commands, codes,
// what is sent to whom, keys, and the view's identities.
import { describe, expect, it } from 'vitest';
import type { SchemeParameters } from '../encryption/scheme.ts';
import type { ClientMessage, ClientMessageOf } from '../protocol/client-messages.ts';
import type { DashboardMessage } from '../protocol/dashboard-messages.ts';
import { PROTOCOL_VERSION } from '../protocol/schema.ts';
import { createCoordinator, stepCoordinator } from './coordinator.ts';
import type {
  CoordinatorConfig,
  CoordinatorEffect,
  CoordinatorEvent,
} from './coordinator-types.ts';
import { sliceBounds } from './evaluation-slices.ts';
import { createProjection, projectView } from './project-view.ts';
import { restoredFrom } from './restoring.ts';
import { defaultRunConfig, type RunConfig } from '../experiment/run-config.ts';
import { persistentRun } from './run/run-state.ts';
import type { Untimed } from './untimed.ts';
import type { PersistentRun, PersistentStudy } from './persistence.ts';
import { newStudy } from './study/study-state.ts';
import { createStudy } from '../tuning/study.ts';
import { defaultStudySetup } from '../experiment/study-setup.ts';
import type { CoordinatorState } from './coordinator-state.ts';

const parameters = {
  levels: 255,
  updateBytes: 8,
  numParameters: 4,
  keyKind: 'symmetric',
};
const config: CoordinatorConfig = {
  serverId: 'server',
  startedAtMs: 0,
  gatherMs: 500,
  prepareMs: 1500,
  keysMs: 600,
  stallMs: 5000,
  chooseParameters: (name, _numParameters, maxContributors) => {
    if (maxContributors > 50) throw new RangeError('50 contributors at most');
    const keyKind = name === 'plaintext' ? 'none' : 'symmetric';
    return { ...parameters, name, keyKind, maxContributors } as SchemeParameters;
  },
};
const HASH = 'a'.repeat(64);

type Event = Untimed<CoordinatorEvent>;

/** A table with the coordinator at it: events in, the effects of the last one at hand. */
function setUp(numClients: number, changes: Partial<RunConfig> = {}, withTwin = false) {
  let [state, effects] = createCoordinator(config, null);
  let nowMs = 1000;
  const project = createProjection();
  const tickets: number[] = [];
  const table = {
    get state(): CoordinatorState {
      return state;
    },
    get effects(): CoordinatorEffect[] {
      return effects;
    },
    get view() {
      return project(state);
    },
    /** Every save so far is durable. */
    flush() {
      const all: CoordinatorEffect[] = [];
      for (const ticket of tickets.splice(0))
        all.push(...table.happen({ type: 'persisted', ticket }));
      return (effects = all);
    },
    pass(ms: number) {
      nowMs += ms;
    },
    happen(event: Event) {
      [state, effects] = stepCoordinator(config, state, {
        ...event,
        atMs: nowMs,
      });
      for (const effect of effects) if (effect.type === 'persist') tickets.push(effect.ticket);
      return effects;
    },
    say(client: number, message: ClientMessage) {
      return table.happen({ type: 'client-said', connection: `c${client}`, message });
    },
    command(message: DashboardMessage, freshRunId = 'run') {
      table.happen({ type: 'dashboard-said', connection: 'page', message, freshRunId });
      const answer = effects.find(({ type }) => type === 'answer');
      return answer?.type === 'answer' ? answer.message.outcome : null;
    },
    join(client: number) {
      return table.say(client, {
        type: 'join',
        protocolVersion: PROTOCOL_VERSION,
        clientId: `client-${client}`,
        name: 'n',
      });
    },
    start(run: Partial<RunConfig> = {}, freshRunId = 'run') {
      const message = {
        type: 'start-run',
        requestId: 1,
        withTwin,
        config: {
          ...defaultRunConfig,
          clients: 3,
          rounds: 1,
          encryption: 'plaintext',
          ...changes,
          ...run,
        },
      } as const;
      return table.command(message, freshRunId);
    },
    /** Messages of the last event to a client. */
    sentTo(client: number) {
      return effects.flatMap((effect) =>
        effect.type === 'send' && effect.connection === `c${client}` ? [effect.message] : [],
      );
    },
    codeFor(client: number) {
      const rejected = table.sentTo(client).find(({ type }) => type === 'rejected');
      return rejected?.type === 'rejected' ? rejected.code : null;
    },
    prepared(client: number, round = 0) {
      table.flush();
      return table.say(client, {
        type: 'prepared',
        runId: 'run',
        seat: client,
        round,
        keyEpoch: 0,
        numExamples: 10 + client,
        labelHistogram: [10 + client, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        backend: { backend: 'cpu', renderer: '', reason: '' },
        rangeExponents: [-3, -3, -3, -3 + client],
        prepareMs: 1,
      });
    },
    evaluated(
      client: number,
      part: number,
      parts: number,
      more: Partial<ClientMessageOf<'evaluated'>> = {},
    ) {
      const { from, to } = sliceBounds(more.split ?? 'validation', { part, parts });
      const confusion = Array<number>(100).fill(0);
      confusion[0] = to - from;
      return table.say(client, {
        type: 'evaluated',
        runId: 'run',
        round: 0,
        attempt: 1,
        split: 'validation',
        slice: { part, parts },
        numExamples: to - from,
        numCorrect: to - from,
        lossSum: 1,
        confusion,
        weightsSha256: HASH,
        twinDifference: null,
        segments: [],
        ...more,
      });
    },
    update(client: number, more: Partial<ClientMessageOf<'update'>> = {}) {
      return table.say(client, {
        type: 'update',
        runId: 'run',
        round: 1,
        attempt: 1,
        keyEpoch: 0,
        numExamples: 10 + client,
        payload: new Uint8Array(8),
        trainLoss: 1,
        trainAccuracy: 0.5,
        rangeExponents: [-3, -3, -3, -3],
        quantisationError: 0,
        segments: [],
        ...more,
      });
    },
    /** Joined, prepared, round 0 committed: round 1 is open. */
    open() {
      table.start();
      for (let client = 0; client < numClients; client++) table.prepared(client);
      for (let client = 0; client < numClients; client++)
        table.evaluated(client, client, numClients);
      table.flush();
    },
    added(client: number, attempt = 1, accepted = true) {
      table.happen({
        type: 'update-added',
        key: { runId: 'run', round: 1, attempt },
        clientId: `client-${client}`,
        addMs: 2,
        accepted,
      });
    },
  };
  for (let client = 0; client < numClients; client++) table.join(client);
  return table;
}

describe('joining', () => {
  it('welcomes, and refuses another version', () => {
    const table = setUp(1);
    expect(table.effects.map(({ type }) => type)).toEqual(['send']);
    table.say(5, { type: 'join', protocolVersion: 99, clientId: 'old', name: '' });
    expect(table.codeFor(5)).toBe('wrong-version');
    expect(table.effects).toContainEqual({ type: 'disconnect', connection: 'c5' });
    expect(table.view.clients.map(({ clientId }) => clientId)).toEqual(['client-0']);
    expect(table.view.server.rejections).toEqual({ 'wrong-version': 1 });
  });

  it('knows nobody who has not joined, and nobody twice', () => {
    const table = setUp(1);
    table.update(7);
    expect(table.codeFor(7)).toBe('out-of-order');
    table.join(0);
    expect(table.codeFor(0)).toBe('out-of-order');
  });

  it('lets a new connection of a client take the place of the old one, seat included', () => {
    const table = setUp(3);
    table.start();
    const message: ClientMessage = {
      type: 'join',
      protocolVersion: PROTOCOL_VERSION,
      clientId: 'client-1',
      name: 'n',
    };
    table.say(8, message);
    expect(table.effects).toContainEqual({ type: 'disconnect', connection: 'c1' });
    expect(table.sentTo(8)).toContainEqual(expect.objectContaining({ type: 'assign', seat: 1 }));
    table.happen({ type: 'client-gone', connection: 'c1' });
    expect(table.view.clients[1]).toMatchObject({
      clientId: 'client-1',
      standing: 'preparing',
      seat: 1,
    });
  });

  it('shows an empty seat as left and gives it back to its owner', () => {
    const table = setUp(3);
    table.open();
    table.happen({ type: 'client-gone', connection: 'c2' });
    expect(table.view.clients[2]).toMatchObject({
      clientId: 'client-2',
      standing: 'left',
      seat: 2,
      name: 'n',
    });
    table.join(2);
    expect(table.sentTo(2)).toContainEqual(expect.objectContaining({ type: 'assign', seat: 2 }));
  });

  it('begins with everybody who is seated, however long they prepare, and gives up empty seats', () => {
    const table = setUp(2);
    table.start({ minimumClients: 1 });
    table.prepared(0);
    const patienceEnds = () =>
      table.happen({
        type: 'timer-fired',
        timer: 'gather',
        key: { runId: 'run', round: 0, attempt: 1 },
      });
    patienceEnds();
    patienceEnds();
    expect(table.view.run!.phase).toBe('gathering');
    table.prepared(1); // the third seat stays empty
    table.flush();
    expect(table.view.run!.phase).toBe('applying');
  });

  it('keeps a client beyond the seats as a spare until one falls empty', () => {
    const table = setUp(3);
    table.open();
    table.join(3);
    expect(table.view.clients[3]).toMatchObject({ standing: 'spare', seat: null });
    table.happen({ type: 'client-gone', connection: 'c2' });
    for (const client of [0, 1]) {
      table.update(client);
      table.added(client);
    }
    const key = { runId: 'run', round: 1, attempt: 1 };
    table.happen({ type: 'sum-released', key, sum: new Uint8Array(8), sumMs: 1 });
    const sealedWeights = new Uint8Array([5]);
    // Of the two clients that apply, round 1 asks the second to deposit.
    table.say(1, { type: 'deposit', runId: 'run', round: 1, weightsSha256: HASH, sealedWeights });
    for (const client of [0, 1]) table.evaluated(client, client, 2, { round: 1 });
    table.flush();
    expect(table.view.run).toMatchObject({ phase: 'gathering', round: 1 }); // it waits for the new one
    // Who applied the sum holds the weights: nothing is sent again.
    for (const client of [0, 1]) {
      expect(table.sentTo(client).map(({ type }) => type)).toEqual(['commit']);
    }
    expect(table.sentTo(3)).toContainEqual(
      expect.objectContaining({
        type: 'assign',
        seat: 2,
        weights: { round: 1, sealed: sealedWeights },
      }),
    );
    expect(table.view.clients.map(({ clientId }) => clientId)).toEqual([
      'client-0',
      'client-1',
      'client-3',
    ]);
  });
});

describe('messages that are not taken', () => {
  const cases: [string, (table: ReturnType<typeof setUp>) => void, string][] = [
    ['of another run', (table) => table.update(0, { runId: 'other' }), 'foreign-run'],
    ['of a round that is over', (table) => table.update(0, { round: 0 }), 'late'],
    ['of a round to come', (table) => table.update(0, { round: 2 }), 'future'],
    ['of an attempt to come', (table) => table.update(0, { attempt: 2 }), 'future'],
    ['under other keys', (table) => table.update(0, { keyEpoch: 3 }), 'wrong-key-epoch'],
    [
      'with other numbers of examples',
      (table) => table.update(0, { numExamples: 9 }),
      'wrong-num-examples',
    ],
    ['of the wrong size', (table) => table.update(0, { payload: new Uint8Array(9) }), 'bad-update'],
    [
      'with the wrong number of ranges',
      (table) => table.update(0, { rangeExponents: [1] }),
      'bad-update',
    ],
    [
      'an evaluation while the round is open',
      (table) => table.evaluated(0, 0, 3, { round: 1 }),
      'unexpected',
    ],
    [
      'a deposit nobody asked for',
      (table) =>
        table.say(0, {
          type: 'deposit',
          runId: 'run',
          round: 1,
          weightsSha256: HASH,
          sealedWeights: new Uint8Array(1),
        }),
      'unexpected',
    ],
    ['a second preparation', (table) => table.prepared(0), 'duplicate'],
    [
      'keys nobody asked for',
      (table) =>
        table.say(0, { type: 'keys', runId: 'run', keyEpoch: 0, sealed: new Uint8Array(1) }),
      'unexpected',
    ],
  ];

  it.each(cases)('%s', (_name, act, code) => {
    const table = setUp(3);
    table.open();
    const { phase, round, attempt } = table.view.run!;
    act(table);
    expect(table.codeFor(0)).toBe(code);
    expect(table.view.server.rejections).toEqual({ [code]: 1 });
    expect(table.view.run).toMatchObject({ phase, round, attempt, received: [] });
    expect(table.effects.some(({ type }) => type === 'add-update')).toBe(false);
  });

  it('an update said twice, before and after it was added', () => {
    const table = setUp(3);
    table.open();
    table.update(0);
    table.update(0);
    expect(table.codeFor(0)).toBe('duplicate');
    table.added(0);
    table.update(0);
    expect(table.codeFor(0)).toBe('duplicate');
    expect(table.view.run!.received).toEqual(['client-0']);
  });

  it('an update of a client that was not asked', () => {
    const table = setUp(3, { fraction: 0, minimumClients: 1 });
    table.open();
    const asked = table.view.run!.cohort;
    expect(asked).toHaveLength(1);
    const other = [0, 1, 2].find((client) => !asked.includes(`client-${client}`))!;
    table.update(other);
    expect(table.codeFor(other)).toBe('not-in-cohort');
  });

  it('nonsense, without echoing it', () => {
    const table = setUp(1);
    table.happen({ type: 'client-spoke-nonsense', connection: 'c0', about: 'update' });
    expect(table.sentTo(0)).toEqual([
      { type: 'rejected', code: 'malformed', about: 'update', runId: null, round: null },
    ]);
  });
});

describe('a round', () => {
  it('asks with the largest number of examples and the widest ranges of the cohort', () => {
    const table = setUp(3);
    table.open();
    expect(table.sentTo(1)).toContainEqual(
      expect.objectContaining({
        type: 'train',
        round: 1,
        attempt: 1,
        largestNumExamples: 12,
        rangeExponents: [-3, -3, -3, -1],
      }),
    );
    expect(table.effects.filter(({ type }) => type === 'open-sum')).toHaveLength(1);
  });

  it('closes with the minimum at the deadline, and counts a client of which nothing was heard out', () => {
    const table = setUp(3);
    table.open();
    for (const client of [0, 1]) {
      table.update(client);
      table.added(client);
    }
    expect(table.effects.some(({ type }) => type === 'release-sum')).toBe(false);
    table.happen({
      type: 'timer-fired',
      timer: 'round',
      key: { runId: 'run', round: 1, attempt: 1 },
    });
    expect(table.effects.some(({ type }) => type === 'release-sum')).toBe(true);
    expect(table.sentTo(2)).toContainEqual({ type: 'abandon', runId: 'run', round: 1, attempt: 1 });
    expect(table.view.clients[2]).toMatchObject({ standing: 'unresponsive', trouble: 'late' });
    table.happen({
      type: 'sum-released',
      key: { runId: 'run', round: 1, attempt: 1 },
      sum: new Uint8Array(8),
      sumMs: 1,
    });
    expect(table.effects.filter(({ type }) => type === 'broadcast')).toEqual([
      {
        type: 'broadcast',
        connections: ['c0', 'c1'],
        message: expect.objectContaining({
          type: 'sum',
          contributors: [0, 1],
          totalExamples: 21,
        }),
      },
    ]);
    expect(table.sentTo(0)).toContainEqual(
      expect.objectContaining({ type: 'apply', slice: { part: 0, parts: 2 } }),
    );
    expect(table.sentTo(2)).toEqual([]);
  });

  it('is abandoned as soon as the minimum cannot be reached, and opened again under a new attempt', () => {
    const table = setUp(3, { minimumClients: 3 });
    table.open();
    table.happen({ type: 'client-gone', connection: 'c2' });
    expect(table.sentTo(0)).toContainEqual({ type: 'abandon', runId: 'run', round: 1, attempt: 1 });
    expect(table.view.run).toMatchObject({ phase: 'gathering', attempt: 2, abandonedRounds: 1 });
    expect(table.view.run!.note).toEqual({
      code: 'waiting-for-clients',
      numReady: 2,
      numRequired: 3,
    });
    table.join(2);
    table.prepared(2);
    expect(table.sentTo(0)).toContainEqual(expect.objectContaining({ type: 'train', attempt: 2 }));
    expect(table.view.run!.note).toBeNull();
    table.update(0);
    expect(table.codeFor(0)).toBe('late');
  });

  it('shows what a client said of its failure for as long as it has that trouble', () => {
    const table = setUp(3);
    table.open();
    const key = { runId: 'run', round: 1, attempt: 1 };
    table.say(2, { type: 'failed', ...key, code: 'training-failed', detail: 'out of memory' });
    const shown = () => table.view.clients[2]!;
    expect(shown()).toMatchObject({ trouble: 'training-failed', troubleDetail: 'out of memory' });
    table.say(0, { type: 'progress', ...key, phase: 'training', fraction: 0.5 });
    expect(shown().troubleDetail).toBe('out of memory');
    for (const client of [0, 1]) {
      table.update(client);
      table.added(client);
    }
    table.happen({ type: 'sum-released', key, sum: new Uint8Array(8), sumMs: 1 });
    table.evaluated(2, 2, 3, { round: 1 });
    expect(shown()).toMatchObject({ trouble: null, troubleDetail: null });
  });

  it('ends the run when training fails for ever', () => {
    const table = setUp(3);
    table.open();
    for (const attempt of [1, 2, 3]) {
      for (const client of [0, 1])
        table.say(client, {
          type: 'failed',
          runId: 'run',
          round: 1,
          attempt,
          code: 'non-finite-update',
          detail: '',
        });
      table.flush();
      table.happen({
        type: 'timer-fired',
        timer: 'gather',
        key: { runId: 'run', round: 1, attempt: attempt + 1 },
      });
    }
    expect(table.view.run!.phase).toBe('failed');
    expect(table.view.run!.note).toEqual({
      code: 'round-failed',
      round: 1,
      numTimes: 3,
      because: 'non-finite-update',
    });
  });

  it('announces nothing before it is durable, and pauses when it cannot be stored', () => {
    const table = setUp(3);
    table.start();
    for (const client of [0, 1, 2]) table.prepared(client);
    for (const client of [0, 1, 2]) table.evaluated(client, client, 3);
    expect(table.view.run!.phase).toBe('committing');
    expect(table.view.history).toEqual([]);
    expect(table.sentTo(0)).toEqual([]);
    const persist = table.effects.find(({ type }) => type === 'persist');
    if (persist?.type !== 'persist') throw new Error('nothing was persisted');
    table.happen({ type: 'persist-failed', ticket: persist.ticket, detail: 'quota' });
    expect(table.view.run!.phase).toBe('paused');
    expect(table.view.run!.note).toEqual({ code: 'not-stored' });
    expect(table.view.history).toEqual([]);
    expect(table.sentTo(0).map(({ type }) => type)).toEqual(['abandon']);
  });

  it('gives the majority its way and the others the right weights', () => {
    const table = setUp(3);
    table.start();
    for (const client of [0, 1, 2]) table.prepared(client);
    table.evaluated(0, 0, 3, { weightsSha256: 'b'.repeat(64) });
    table.evaluated(1, 1, 3);
    table.evaluated(2, 2, 3);
    expect(table.codeFor(0)).toBe('diverged');
    expect(table.sentTo(1)).toContainEqual(
      expect.objectContaining({ type: 'evaluate', slice: { part: 0, parts: 3 } }),
    );
    table.evaluated(1, 0, 3);
    table.flush();
    expect(table.view.history[0]).toMatchObject({
      weightsSha256: HASH,
      numValidationExamples: 5000,
    });
    expect(table.sentTo(0)).toContainEqual({
      type: 'resync',
      runId: 'run',
      weights: { round: 0, sealed: null },
    });
  });
});

describe('keys', () => {
  it('are made by one client, made durable, and passed on; another takes over when it is gone', () => {
    const table = setUp(3, { encryption: 'ckks' });
    table.start();
    expect(table.sentTo(0).map(({ type }) => type)).toEqual(['assign', 'make-keys']);
    table.happen({ type: 'client-gone', connection: 'c0' });
    expect(table.sentTo(1)).toEqual([{ type: 'make-keys', runId: 'run', keyEpoch: 2 }]);
    table.happen({
      type: 'timer-fired',
      timer: 'keys',
      key: { runId: 'run', round: 0, attempt: 2 },
    });
    expect(table.sentTo(2)).toEqual([{ type: 'make-keys', runId: 'run', keyEpoch: 3 }]);
    const sealed = new Uint8Array([1, 2, 3]);
    table.say(1, { type: 'keys', runId: 'run', keyEpoch: 2, sealed });
    expect(table.codeFor(1)).toBe('late');
    table.say(2, { type: 'keys', runId: 'run', keyEpoch: 3, sealed });
    expect(table.sentTo(1)).toEqual([]);
    table.flush();
    expect(table.sentTo(1)).toEqual([
      { type: 'keys', runId: 'run', keyEpoch: 3, sealedKeys: sealed },
    ]);
    expect(table.view.server.keyEpoch).toBe(3);
    table.command({ type: 'stop-run', requestId: 2, runId: 'run' });
    table.start({ units: 64 }, 'second');
    // The model's size does not enter a key: the next run goes on with these.
    expect(table.sentTo(1)).toContainEqual(
      expect.objectContaining({ type: 'assign', keyEpoch: 3, sealedKeys: sealed }),
    );
    table.command({ type: 'stop-run', requestId: 3, runId: 'second' });
    table.start({ encryption: 'bgv' }, 'third');
    expect(table.sentTo(1)).toContainEqual(
      expect.objectContaining({ type: 'assign', keyEpoch: 4, sealedKeys: null }),
    );
  });
});

describe('commands', () => {
  it('start one run at a time, of parameters that fit', () => {
    const table = setUp(1);
    expect(table.start({ clients: 100 })).toMatchObject({
      ok: false,
      code: 'not-now',
      reason: { code: 'no-encryption', detail: '50 contributors at most' },
    });
    expect(table.start({ clients: 2, minimumClients: 3 })).toMatchObject({
      ok: false,
      code: 'not-now',
      reason: { code: 'minimum-too-high', minimumClients: 3, clients: 2 },
    });
    expect(table.start()).toEqual({ ok: true, result: { runId: 'run' } });
    expect(table.start({}, 'second')).toMatchObject({
      ok: false,
      reason: { code: 'run-going-on', wanted: 'run' },
    });
  });

  it('pause at once, continue from the last commit, stop', () => {
    const table = setUp(3);
    table.open();
    expect(table.command({ type: 'pause-run', requestId: 1, runId: 'other' })).toMatchObject({
      code: 'foreign-run',
    });
    expect(table.command({ type: 'continue-run', requestId: 1, runId: 'run' })).toMatchObject({
      code: 'not-now',
    });
    expect(table.command({ type: 'pause-run', requestId: 1, runId: 'run' })).toMatchObject({
      ok: true,
    });
    expect(table.sentTo(0)).toEqual([{ type: 'abandon', runId: 'run', round: 1, attempt: 1 }]);
    expect(table.view.run).toMatchObject({ phase: 'paused', abandonedRounds: 0 });
    table.command({ type: 'continue-run', requestId: 2, runId: 'run' });
    expect(table.sentTo(0)).toEqual([]);
    table.flush();
    expect(table.sentTo(0)).toContainEqual(
      expect.objectContaining({ type: 'train', round: 1, attempt: 2 }),
    );
    table.command({ type: 'stop-run', requestId: 3, runId: 'run' });
    expect(table.sentTo(0).map(({ type }) => type)).toEqual(['abandon', 'release']);
    expect(table.view.run).toMatchObject({ phase: 'stopped' });
  });

  it('give out the model and the rounds that are at hand, and leave the rest to storage', () => {
    const table = setUp(3);
    table.open();
    expect(table.command({ type: 'get-model', requestId: 1, runId: 'run' })).toEqual({
      ok: true,
      result: { runId: 'run', round: 0, sealedWeights: null },
    });
    expect(table.command({ type: 'get-history', requestId: 1, runId: 'run' })).toEqual({
      ok: true,
      result: { runId: 'run', history: table.view.history },
    });
    expect(table.command({ type: 'get-model', requestId: 4, runId: 'earlier' })).toBeNull();
    expect(table.effects).toEqual([
      {
        type: 'answer-from-storage',
        connection: 'page',
        requestId: 4,
        command: 'get-model',
        runId: 'earlier',
      },
    ]);
  });

  it('archive a run when the next one starts, and clear the archive', () => {
    const table = setUp(3);
    table.open();
    table.command({ type: 'stop-run', requestId: 3, runId: 'run' });
    table.start({}, 'second');
    expect(table.view.archive).toMatchObject([
      { runId: 'run', phase: 'stopped', rounds: 0, validationAccuracy: 1 },
    ]);
    table.command({ type: 'clear-archive', requestId: 5 });
    expect(table.effects).toContainEqual(
      expect.objectContaining({
        type: 'persist',
        change: { type: 'delete-runs', runIds: ['run'] },
      }),
    );
    expect(table.view.archive).toEqual([]);
  });
});

describe('whose a client is', () => {
  it('is worked out anew when somebody comes or goes, not while a round goes on', () => {
    const table = setUp(3);
    table.open();
    const { attendance } = table.state;
    const progress = { type: 'progress', runId: 'run', round: 1, attempt: 1 } as const;
    table.say(1, { ...progress, phase: 'training', fraction: 0.5 });
    table.update(0);
    table.added(0);
    expect(table.state.attendance).toBe(attendance);
    table.happen({ type: 'client-gone', connection: 'c2' });
    table.join(7);
    expect(table.state.attendance).toMatchObject({
      present: new Map([['run', ['client-0', 'client-1', 'client-7'].map(named)]]),
      free: new Set(['client-7']),
    });
    expect([...table.state.run!.here]).toEqual(['client-0', 'client-1']);
  });

  function named(clientId: string) {
    return expect.objectContaining({ clientId });
  }
});

describe('the view', () => {
  it('keeps the identity of every slice in which nothing changed', () => {
    const table = setUp(3);
    table.open();
    const before = table.view;
    table.happen({ type: 'client-spoke-nonsense', connection: 'c0', about: null });
    expect(table.view.server).not.toBe(before.server);
    for (const slice of ['clients', 'run', 'history', 'twin', 'archive', 'sees'] as const) {
      expect(table.view[slice], slice).toBe(before[slice]);
    }
    table.say(1, {
      type: 'progress',
      runId: 'run',
      round: 1,
      attempt: 1,
      phase: 'training',
      fraction: 0.5,
    });
    expect(table.view.clients[1]).toMatchObject({ phase: 'training', fraction: 0.5 });
    expect(table.view.clients[0]).toBe(before.clients[0]);
    expect(table.view.run).toBe(before.run);
  });

  it('shows of a member what is listed, whatever else the run keeps of it', () => {
    const table = setUp(3);
    table.open();
    const { state } = table;
    const run = state.run!;
    const members = new Map(
      [...run.members].map(([id, member]) => [id, { ...member, whispered: 'to the run alone' }]),
    );
    const { clients } = projectView({ ...state, run: { ...run, members } }, null);
    const listed = [
      ...['clientId', 'name', 'runId', 'seat', 'standing', 'phase', 'fraction', 'backend'],
      ...['numExamples', 'labelHistogram', 'lastSegments', 'lastUpdateBytes', 'totalUpdateBytes'],
      ...['lastAccuracy', 'trouble', 'troubleDetail'],
    ].sort();
    expect(clients).toHaveLength(3);
    for (const client of clients) expect(Object.keys(client).sort()).toEqual(listed);
    const spare = projectView({ ...state, run: null }, null).clients[0]!;
    expect(Object.keys(spare).sort()).toEqual(listed);
  });

  it('knows the name of a client that has left, from the state alone', () => {
    const table = setUp(3);
    table.open();
    table.happen({ type: 'client-gone', connection: 'c1' });
    expect(projectView(table.state, null).clients[1]).toMatchObject({
      clientId: 'client-1',
      name: 'n',
      standing: 'left',
    });
  });

  it('shows what reached the server and no more of it than a head', () => {
    const table = setUp(3);
    table.open();
    const payload = Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8]);
    table.update(0, { payload });
    expect(table.view.sees).toMatchObject({
      lastUpdateFrom: 'client-0',
      lastUpdateBytes: 8,
      numUpdates: 1,
      lastUpdateEntropy: 3,
    });
    expect(table.view.sees.lastUpdateHead).toEqual(payload);
    expect(table.view.sees.lastUpdateHead!.buffer).not.toBe(payload.buffer);
  });

  it('shows the segments of a round in ms after its opening', () => {
    const table = setUp(3);
    table.open();
    table.pass(900);
    table.update(0, {
      segments: [
        { phase: 'training', startMs: 0, endMs: 700 },
        { phase: 'encrypting', startMs: 700, endMs: 750 },
      ],
    });
    expect(table.view.clients[0]!.lastSegments.at(-1)).toEqual({
      phase: 'sending',
      startMs: 750,
      endMs: 900,
    });
  });
});

describe('a preparation that took longer than a round', () => {
  it('is followed by the weights that were committed meanwhile', () => {
    const table = setUp(3, { rounds: 2 });
    table.open();
    table.happen({ type: 'client-gone', connection: 'c2' });
    table.join(2);
    for (const client of [0, 1]) {
      table.update(client);
      table.added(client);
    }
    const key = { runId: 'run', round: 1, attempt: 1 };
    table.happen({ type: 'sum-released', key, sum: new Uint8Array(8), sumMs: 1 });
    const sealedWeights = new Uint8Array([5]);
    table.say(1, { type: 'deposit', runId: 'run', round: 1, weightsSha256: HASH, sealedWeights });
    for (const client of [0, 1]) table.evaluated(client, client, 2, { round: 1 });
    table.flush();
    table.prepared(2, 0);
    expect(table.sentTo(2)).toEqual([
      { type: 'resync', runId: 'run', weights: { round: 1, sealed: sealedWeights } },
    ]);
    table.prepared(2, 1);
    expect(table.sentTo(2)).toEqual([expect.objectContaining({ type: 'train', round: 2 })]);
  });
});

describe('a restored coordinator', () => {
  it('shows the note that an earlier build stored as a sentence', () => {
    const table = setUp(3);
    table.open();
    const note = 'Paused: the browser could not store the run.';
    const run = { ...persistentRun(table.state.run!), status: 'paused' as const, note };
    const current = { run, sealedWeights: null, sealedKeys: null };
    const setup = { ...defaultStudySetup, base: run.config };
    const study = createStudy(setup.study);
    const saved: PersistentStudy = {
      ...newStudy('study', setup, study, 0),
      stage: { phase: 'paused' },
      note: 'It paused by itself.',
    };
    const [state] = createCoordinator(config, restoredFrom([current], 1, saved));
    const view = projectView(state, null);
    expect(view.run).toMatchObject({ phase: 'paused', note });
    expect(view.study).toMatchObject({ phase: 'paused', note: 'It paused by itself.' });
  });

  it('numbers its attempts anew, durably, before it opens anything', () => {
    const table = setUp(3);
    table.open();
    const saved = { ...persistentRun(table.state.run!), attempt: 4 };
    const current = { run: saved, sealedWeights: null, sealedKeys: null };
    const [state, effects] = createCoordinator(config, restoredFrom([current], 1));
    expect(effects).toContainEqual(
      expect.objectContaining({
        type: 'persist',
        change: expect.objectContaining({ run: expect.objectContaining({ attempt: 5 }) }),
      }),
    );
    expect(projectView(state, null)).toMatchObject({
      run: { phase: 'gathering', attempt: 5, round: 1 },
      server: { restarts: 1 },
      history: [{ round: 0 }],
    });
  });

  it('sits a finished run at the table with its twin behind it, an unfinished one before all', () => {
    const table = setUp(3);
    table.open();
    const base = persistentRun(table.state.run!);
    const entry = (runId: string, startedAtMs: number, changes: Partial<PersistentRun>) => ({
      run: { ...base, status: 'finished' as const, runId, startedAtMs, ...changes },
      sealedWeights: null,
      sealedKeys: null,
    });
    const [old, first, twin] = [
      entry('old', 1, {}),
      entry('first', 2, {}),
      entry('twin', 3, { twinOf: 'first' }),
    ];
    expect(restoredFrom([old, twin, first], 2)).toMatchObject({
      current: { run: { runId: 'first' } },
      pair: { run: { runId: 'twin' } },
      archive: [{ runId: 'old' }],
    });
    const running = entry('twin', 3, { twinOf: 'first', status: 'running' });
    expect(restoredFrom([old, running, first], 2)).toMatchObject({
      current: { run: { runId: 'twin' } },
      pair: { run: { runId: 'first' } },
    });
    expect(restoredFrom([], 0)).toEqual({
      current: null,
      beside: [],
      pair: null,
      archive: [],
      study: null,
      bestRun: null,
      restarts: 0,
    });
  });
});
