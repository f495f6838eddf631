// The client machine step by step: what it does when the server says something, and what it leaves.
import { describe, expect, it } from 'vitest';
import type { ServerMessage, ServerMessageOf } from '../../protocol/server-messages.ts';
import { createClient, stepClient } from './client-machine.ts';
import type { ClientEffect, ClientEvent } from './client-types.ts';
import { defaultRunConfig, type RunConfig } from '../../experiment/run-config.ts';
import type { Untimed } from '../untimed.ts';

const identity = { clientId: 'me', name: 'n' };
const sealed = new Uint8Array([1, 2, 3]);
const HASH = 'a'.repeat(64);

type Event = Untimed<ClientEvent>;

function setUp(encryption: RunConfig['encryption'] = 'plaintext') {
  let [state] = createClient(identity);
  let nowMs = 100;
  const client = {
    happen(event: Event, afterMs = 0): ClientEffect[] {
      nowMs += afterMs;
      const [next, effects] = stepClient(identity, state, { ...event, atMs: nowMs });
      state = next;
      return effects;
    },
    hear: (message: ServerMessage) => client.happen({ type: 'server-said', message }),
    assign(sealedKeys: Uint8Array<ArrayBuffer> | null = null, round = 0) {
      const config = { ...defaultRunConfig, encryption };
      const weights = { round, sealed: round === 0 ? null : sealed };
      return client.hear({
        type: 'assign',
        runId: 'run',
        config,
        seat: 2,
        keyEpoch: 1,
        sealedKeys,
        weights,
      });
    },
    prepared: (round = 0) =>
      client.happen({
        type: 'prepared',
        runId: 'run',
        seat: 2,
        round,
        numExamples: 40,
        labelHistogram: [40, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        backend: { backend: 'cpu', renderer: '', reason: '' },
        rangeExponents: [-3, -3, -3, -3],
        prepareMs: 5,
      }),
    train: (more: Partial<ServerMessageOf<'train'>> = {}) =>
      client.hear({
        type: 'train',
        runId: 'run',
        round: 1,
        attempt: 1,
        keyEpoch: 1,
        largestNumExamples: 50,
        rangeExponents: [-3, -3, -3, -3],
        deadlineMs: 1000,
        ...more,
      }),
    sum: (more: Partial<ServerMessageOf<'sum'>> = {}) =>
      client.hear({
        type: 'sum',
        runId: 'run',
        round: 1,
        attempt: 1,
        sum: sealed,
        contributors: [0, 2],
        totalExamples: 90,
        largestNumExamples: 50,
        rangeExponents: [-3, -3, -3, -3],
        ...more,
      }),
    /** A client's own part, without the sum. */
    applyAlone: (more: Partial<ServerMessageOf<'apply'>> = {}) =>
      client.hear({
        type: 'apply',
        runId: 'run',
        round: 1,
        attempt: 1,
        slice: { part: 1, parts: 2 },
        deposit: false,
        ...more,
      }),
    apply: (more: Partial<ServerMessageOf<'apply'>> = {}) => {
      client.sum();
      return client.applyAlone(more);
    },
    ready() {
      client.happen({ type: 'connected' });
      client.assign();
      return client.prepared();
    },
  };
  return client;
}

const key = { runId: 'run', round: 1, attempt: 1 };
const types = (effects: readonly ClientEffect[]) =>
  effects.map((effect) => (effect.type === 'send' ? `send ${effect.message.type}` : effect.type));
const saysPhase = (phase: string) => ({
  type: 'send',
  message: { type: 'progress', ...key, phase, fraction: 0 },
});
const trained = { type: 'trained', key, trainLoss: 1, trainAccuracy: 0.5 } as const;
const encrypted = {
  type: 'encrypted',
  key,
  payload: sealed,
  rangeExponents: [-4, -4, -4, -4],
  quantisationError: 0.1,
} as const;

describe('a round', () => {
  it('is trained, encrypted, sent, applied, evaluated and committed, with times from each order', () => {
    const client = setUp();
    expect(types(client.happen({ type: 'connected' }))).toEqual(['send join']);
    expect(types(client.assign())).toEqual(['prepare']);
    expect(types(client.prepared())).toEqual(['send prepared']);
    expect(client.train()).toEqual([{ type: 'train', key }]);
    const encrypt = client.happen(trained, 300);
    expect(encrypt).toEqual([
      saysPhase('encrypting'),
      expect.objectContaining({ type: 'encrypt', numExamples: 40, largestNumExamples: 50 }),
    ]);
    const [sent] = client.happen(encrypted, 20);
    expect(sent).toMatchObject({
      message: {
        type: 'update',
        numExamples: 40,
        keyEpoch: 1,
        segments: [
          { phase: 'training', startMs: 0, endMs: 300 },
          { phase: 'encrypting', startMs: 300, endMs: 320 },
        ],
      },
    });
    expect(types(client.apply({ deposit: true }))).toEqual(['apply']);
    expect(types(client.happen({ type: 'applied', key }, 7))).toEqual([
      'send progress',
      'evaluate',
      'seal-weights',
    ]);
    const [evaluated] = client.happen(
      {
        type: 'evaluated',
        key,
        split: 'validation',
        numExamples: 1,
        numCorrect: 1,
        lossSum: 0,
        confusion: [],
        weightsSha256: HASH,
        twinDifference: null,
      },
      50,
    );
    expect(evaluated).toMatchObject({
      message: {
        type: 'evaluated',
        slice: { part: 1, parts: 2 },
        segments: [
          { phase: 'decrypting', startMs: 0, endMs: 7 },
          { phase: 'evaluating', startMs: 7, endMs: 57 },
        ],
      },
    });
    const sealing = {
      type: 'weights-sealed',
      runId: 'run',
      round: 1,
      weightsSha256: HASH,
      sealedWeights: sealed,
    } as const;
    expect(types(client.happen(sealing))).toEqual(['send deposit']);
    expect(client.hear({ type: 'commit', runId: 'run', round: 1 })).toEqual([
      { type: 'commit', runId: 'run', round: 1 },
    ]);
    expect(types(client.train({ round: 2 }))).toEqual(['train']);
  });

  it('leaves no residual of an update that is not in the sum', () => {
    const client = setUp();
    client.ready();
    client.train();
    client.happen(trained);
    client.happen(encrypted);
    client.sum({ contributors: [0, 1] });
    expect(types(client.applyAlone())).toEqual(['abandon', 'apply']);
  });
});

describe('the sum and the order to apply it', () => {
  const applied = (effects: readonly ClientEffect[]) =>
    effects.flatMap((effect) => (effect.type === 'apply' ? [effect] : []));
  const other = new Uint8Array([9]);

  it.each(['sum first', 'order first'])('are carried out once both are there: %s', (which) => {
    const client = setUp();
    client.ready();
    const first = which === 'sum first' ? client.sum : client.applyAlone;
    const second = which === 'sum first' ? client.applyAlone : client.sum;
    expect(first()).toEqual([]);
    expect(first()).toEqual([]); // doubled
    const [effect] = applied(second());
    expect(effect).toMatchObject({ key, sum: sealed, numContributors: 2, totalExamples: 90 });
    expect(client.sum()).toEqual([]);
    expect(client.applyAlone()).toEqual([]);
    expect(types(client.happen({ type: 'applied', key }))).toEqual(['send progress', 'evaluate']);
    expect(client.sum()).toEqual([]);
    expect(client.applyAlone()).toEqual([]);
  });

  it.each(['sum first', 'order first'])(
    'of different attempts are never put together: %s',
    (which) => {
      const client = setUp();
      client.ready();
      const late = which === 'sum first' ? client.applyAlone : client.sum;
      if (which === 'sum first') client.sum({ attempt: 2, sum: other });
      else client.applyAlone({ attempt: 2 });
      expect(late({ attempt: 1 })).toEqual([]);
      expect(applied(late({ attempt: 2 }))).toHaveLength(1);
    },
  );

  it('take the place of those of an earlier attempt', () => {
    const client = setUp();
    client.ready();
    client.sum();
    client.sum({ attempt: 2, sum: other });
    expect(client.applyAlone()).toEqual([]);
    expect(applied(client.applyAlone({ attempt: 2 }))).toMatchObject([{ sum: other }]);
  });

  const forgetting: [string, (client: ReturnType<typeof setUp>) => void][] = [
    ['its attempt is abandoned', (client) => client.hear({ type: 'abandon', ...key })],
    ['the next attempt is trained', (client) => client.train({ attempt: 2 })],
    [
      'other weights are given',
      (client) => {
        client.hear({ type: 'resync', runId: 'run', weights: { round: 0, sealed: null } });
        client.prepared();
      },
    ],
    [
      'the run is over',
      (client) => {
        client.hear({ type: 'release', runId: 'run' });
        client.assign();
        client.prepared();
      },
    ],
    [
      'the connection is lost',
      (client) => {
        client.happen({ type: 'disconnected' });
        client.ready();
      },
    ],
  ];

  it.each(forgetting)('the sum is not kept when %s', (_when, happens) => {
    const client = setUp();
    client.ready();
    client.sum();
    happens(client);
    expect(applied(client.applyAlone())).toEqual([]);
  });

  it('the sum of an abandoned attempt is not taken when it comes late', () => {
    const client = setUp();
    client.ready();
    client.applyAlone();
    client.hear({ type: 'abandon', ...key });
    client.sum();
    expect(client.applyAlone()).toEqual([]);
    client.sum({ attempt: 2 });
    expect(applied(client.applyAlone({ attempt: 2 }))).toHaveLength(1);
  });

  it('of another round than the weights are for are not taken', () => {
    const client = setUp();
    client.ready();
    client.sum({ round: 2 });
    expect(client.applyAlone({ round: 2 })).toEqual([]);
    client.apply();
    client.happen({ type: 'applied', key });
    client.hear({ type: 'commit', runId: 'run', round: 1 });
    client.sum();
    expect(client.applyAlone()).toEqual([]);
    client.sum({ round: 2 });
    expect(applied(client.applyAlone({ round: 2 }))).toHaveLength(1);
  });
});

describe('orders that do not fit the weights held are ignored', () => {
  it('training before the preparation, for another round, over uncommitted weights, or twice', () => {
    const client = setUp();
    client.happen({ type: 'connected' });
    client.assign();
    expect(client.train()).toEqual([]);
    client.prepared();
    expect(client.train({ round: 2 })).toEqual([]);
    expect(client.train({ runId: 'other' })).toEqual([]);
    expect(types(client.train())).toEqual(['train']);
    expect(client.train()).toEqual([]);
    client.apply();
    client.happen({ type: 'applied', key });
    expect(client.train({ round: 2 })).toEqual([]);
    expect(client.hear({ type: 'commit', runId: 'run', round: 2 })).toEqual([]);
  });
});

describe('calling off', () => {
  it('cancels the work of the attempt, and results that still come change nothing', () => {
    const client = setUp();
    client.ready();
    client.train();
    expect(client.hear({ type: 'abandon', runId: 'run', round: 1, attempt: 1 })).toEqual([
      { type: 'abandon', key },
    ]);
    expect(client.happen(trained)).toEqual([]);
    expect(types(client.train({ attempt: 2 }))).toEqual(['train']);
    expect(client.happen(trained)).toEqual([]);
    expect(types(client.happen({ ...trained, key: { ...key, attempt: 2 } }))).toEqual([
      'send progress',
      'encrypt',
    ]);
  });

  it('goes back from tentative weights to the committed ones', () => {
    const client = setUp();
    client.ready();
    client.apply();
    client.happen({ type: 'applied', key });
    expect(types(client.hear({ type: 'abandon', runId: 'run', round: 1, attempt: 1 }))).toEqual([
      'abandon',
    ]);
    expect(types(client.train({ attempt: 2 }))).toEqual(['train']);
  });

  it('keeps nothing over a reconnection', () => {
    const client = setUp();
    client.ready();
    client.train();
    expect(types(client.happen({ type: 'disconnected' }))).toEqual(['abandon']);
    expect(client.happen(trained)).toEqual([]);
    expect(types(client.happen({ type: 'connected' }))).toEqual(['send join']);
    expect(client.train()).toEqual([]);
    expect(types(client.assign(null, 1))).toEqual(['prepare']);
    expect(client.prepared(0)).toEqual([]);
    expect(types(client.prepared(1))).toEqual(['send prepared']);
    expect(types(client.train({ round: 2 }))).toEqual(['train']);
  });

  it('reports a failure of the present work and of no other', () => {
    const client = setUp();
    client.ready();
    client.train();
    const failure = {
      type: 'work-failed',
      code: 'training-failed',
      detail: 'x'.repeat(500),
    } as const;
    expect(client.happen({ ...failure, key: { ...key, attempt: 9 } })).toEqual([]);
    const effects = client.happen({ ...failure, key });
    expect(types(effects)).toEqual(['abandon', 'send failed']);
    expect(effects[1]).toMatchObject({
      message: { code: 'training-failed', detail: 'x'.repeat(200) },
    });
  });
});

describe('keys', () => {
  it('at hand are opened before `prepared` is said', () => {
    const client = setUp('ckks');
    client.happen({ type: 'connected' });
    expect(types(client.assign(sealed))).toEqual(['prepare', 'open-keys']);
    expect(client.prepared()).toEqual([]);
    const [said] = client.happen({ type: 'keys-opened', runId: 'run', keyEpoch: 1 });
    expect(said).toMatchObject({ message: { type: 'prepared', keyEpoch: 1 } });
  });

  it('that come late hold up the encryption and not the training', () => {
    const client = setUp('ckks');
    client.ready();
    client.hear({ type: 'keys', runId: 'run', keyEpoch: 1, sealedKeys: sealed });
    client.train();
    expect(client.happen(trained)).toEqual([saysPhase('encrypting')]);
    expect(types(client.happen({ type: 'keys-opened', runId: 'run', keyEpoch: 1 }))).toEqual([
      'encrypt',
    ]);
  });

  it('made here are sent sealed, and not opened again', () => {
    const client = setUp('ckks');
    client.ready();
    expect(client.hear({ type: 'make-keys', runId: 'run', keyEpoch: 2 })).toEqual([
      { type: 'make-keys', runId: 'run', keyEpoch: 2 },
    ]);
    expect(types(client.happen({ type: 'keys-made', runId: 'run', keyEpoch: 2, sealed }))).toEqual([
      'send keys',
    ]);
    expect(client.hear({ type: 'keys', runId: 'run', keyEpoch: 2, sealedKeys: sealed })).toEqual(
      [],
    );
  });
});

describe('progress', () => {
  it('is said at most four times a second, for the present work', () => {
    const client = setUp();
    client.ready();
    client.train();
    const progressed = { type: 'progressed', key, fraction: 0.5 } as const;
    expect(types(client.happen(progressed))).toEqual(['send progress']);
    expect(client.happen(progressed, 200)).toEqual([]);
    expect(types(client.happen(progressed, 60))).toEqual(['send progress']);
    expect(client.happen({ ...progressed, key: { ...key, round: 7 } }, 1000)).toEqual([]);
  });
});
