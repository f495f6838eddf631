// What every storage must do, as a vitest suite: what is saved is what is found, also by the next server,
// a change is there whole or not at all, and nobody who holds bytes that were given or taken can change
// what is stored. Values are written out here, not taken from the code under test.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultRunConfig } from '../../core/experiment/run-config.ts';
import type {
  PersistentChange,
  PersistentRun,
  PersistentStudy,
  RestoredState,
} from '../../core/federation/persistence.ts';
import { createStudy } from '../../core/tuning/study.ts';
import type { TrialState } from '../../core/tuning/trial.ts';
import type { Storage } from '../../server/storage.ts';
import { storedRecord, storedRun } from '../samples/stored-run.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** Where a storage lies: it outlives the servers that open it. */
export interface StoragePlace {
  /** One at a time: the last one was closed. */
  open(): Promise<Storage>;
  remove(): Promise<void>;
}

const NUM_RUNS = 200;

export function describeStorage(name: string, makePlace: () => Promise<StoragePlace>): void {
  describe(name, () => {
    let place: StoragePlace;
    let storage: Storage;
    beforeEach(async () => {
      place = await makePlace();
      storage = await place.open();
    });
    afterEach(async () => {
      await storage.close();
      await place.remove();
    });

    /** As the next server would. */
    async function reopen(): Promise<void> {
      await storage.close();
      storage = await place.open();
    }
    const save = (run: PersistentRun, sealedWeights: Bytes | null, sealedKeys: Bytes | null) =>
      storage.apply({ type: 'save-run', run, sealedWeights, sealedKeys });
    const weightsOf = async (runId: string) => (await storage.read(runId))?.sealedWeights;
    /** Sealed bytes of the run at the table. */
    const atTable = ({ current }: RestoredState) => [current?.sealedWeights, current?.sealedKeys];

    it('begins empty', async () => {
      expect(await storage.read('run')).toBeNull();
      expect(await storage.restore()).toEqual({
        current: null,
        beside: [],
        pair: null,
        archive: [],
        study: null,
        bestRun: null,
        restarts: 0,
      });
    });

    it('counts starts', async () => {
      for (const restarts of [0, 1, 2]) {
        expect((await storage.restore()).restarts).toBe(restarts);
        await reopen();
      }
      expect((await storage.restore()).restarts).toBe(3);
    });

    it('gives a run back as it was saved, also when it is opened again', async () => {
      const run = storedRun('run', { history: [storedRecord(0), storedRecord(1)] });
      await save(run, Uint8Array.of(1, 2, 255), Uint8Array.of(0, 128));
      for (const life of [1, 2]) {
        expect(await storage.read('run')).toEqual({
          run,
          sealedWeights: Uint8Array.of(1, 2, 255),
        });
        const { current } = await storage.restore();
        expect(current, `life ${life}`).toEqual({
          run,
          sealedWeights: Uint8Array.of(1, 2, 255),
          sealedKeys: Uint8Array.of(0, 128),
        });
        await reopen();
      }
    });

    it('puts a run in place of what was saved of it', async () => {
      await save(storedRun('run', { seats: ['a', 'b'], note: 'a note' }), null, null);
      const { trialOf: _trialOf, ...later } = storedRun('run', { seats: [null], attempt: 7 });
      await save(later, null, null);
      expect((await storage.read('run'))!.run).toStrictEqual(later);
    });

    it('keeps sealed bytes that a later save does not give, and replaces those that it gives', async () => {
      await save(storedRun('run'), Uint8Array.of(1), Uint8Array.of(2));
      await save(storedRun('run', { attempt: 2 }), null, null);
      expect(atTable(await storage.restore())).toEqual([Uint8Array.of(1), Uint8Array.of(2)]);
      await save(storedRun('run', { attempt: 3 }), Uint8Array.of(3), null);
      expect(atTable(await storage.restore())).toEqual([Uint8Array.of(3), Uint8Array.of(2)]);
      await save(storedRun('run', { attempt: 4 }), null, new Uint8Array(0));
      await reopen();
      expect(atTable(await storage.restore())).toEqual([Uint8Array.of(3), new Uint8Array(0)]);
    });

    it('has the study that was saved last, numbers that are none included', async () => {
      await storage.apply(saveStudy(storedStudy('first')));
      const study = storedStudy('second', ['complete', 'failed', 'running']);
      await storage.apply(saveStudy(study));
      await reopen();
      expect((await storage.restore()).study).toStrictEqual(study);
    });

    it('drops sealed bytes with a study: these and no others', async () => {
      for (const runId of ['a', 'b', 'c']) {
        await save(storedRun(runId), Uint8Array.of(1), Uint8Array.of(2));
      }
      const drops = { weightsOf: ['a', 'gone'], keysOf: ['a', 'b'] };
      await storage.apply({ type: 'save-study', study: storedStudy('study'), drops });
      await reopen();
      const left = [];
      for (const runId of ['a', 'b', 'c']) {
        // At the table is the unfinished run that began last.
        await save(storedRun(runId, { startedAtMs: Date.UTC(2027, 0, left.length) }), null, null);
        const [weights, keys] = atTable(await storage.restore());
        left.push([runId, weights !== null, keys !== null]);
      }
      expect(left).toEqual([
        ['a', false, false],
        ['b', true, false],
        ['c', true, true],
      ]);
    });

    it('deletes runs with their sealed bytes, and no others', async () => {
      for (const runId of ['a', 'b', 'c']) {
        await save(storedRun(runId), Uint8Array.of(1), Uint8Array.of(2));
      }
      await storage.apply({ type: 'delete-runs', runIds: ['a', 'b', 'gone'] });
      await reopen();
      expect(await storage.read('a')).toBeNull();
      expect(await storage.read('b')).toBeNull();
      expect(await weightsOf('c')).toEqual(Uint8Array.of(1));
      // A run of the same name begins anew.
      await save(storedRun('a', { startedAtMs: Date.UTC(2027) }), null, null);
      expect(atTable(await storage.restore())).toEqual([null, null]);
    });

    it('sorts what a new server needs', async () => {
      const base = { ...defaultRunConfig, clients: 3 };
      const at = (hour: number) => ({ startedAtMs: Date.UTC(2026, 0, 1, hour), config: base });
      const over = { status: 'finished', endedAtMs: Date.UTC(2026, 1) } as const;
      await save(storedRun('old', { ...at(1), ...over }), Uint8Array.of(1), null);
      await save(storedRun('older', { ...at(0), ...over }), null, null);
      const trialOf = (number: number) => ({ trialOf: { studyId: 'study', number } });
      await save(storedRun('best', { ...at(2), ...over, ...trialOf(0) }), Uint8Array.of(2), null);
      await save(storedRun('second', { ...at(4), ...trialOf(2) }), null, Uint8Array.of(4));
      await save(storedRun('first', { ...at(3), ...trialOf(1) }), null, Uint8Array.of(3));
      const study = {
        ...storedStudy('study', ['complete', 'running', 'running']),
        runIds: ['best', 'first', 'second'],
      };
      await storage.apply(saveStudy(study));
      await reopen();
      const restored = await storage.restore();
      expect(restored.current!.run.runId).toBe('first');
      expect(restored.beside.map(({ run, sealedKeys }) => [run.runId, sealedKeys])).toEqual([
        ['second', Uint8Array.of(4)],
      ]);
      expect(restored.bestRun!.sealedWeights).toEqual(Uint8Array.of(2));
      expect(restored.archive.map(({ runId }) => runId)).toEqual(['best', 'old', 'older']);
    });

    it('makes changes in the order in which they were asked for', async () => {
      const changes = Array.from({ length: 20 }, (_, attempt) =>
        save(storedRun('run', { attempt }), Uint8Array.of(attempt), null),
      );
      const read = storage.read('run');
      const gone = storage.apply({ type: 'delete-runs', runIds: ['run'] });
      const again = save(storedRun('run', { attempt: 99 }), null, null);
      expect((await read)!.run.attempt).toBe(19);
      await Promise.all([...changes, gone, again]);
      expect(await storage.read('run')).toEqual({
        run: storedRun('run', { attempt: 99 }),
        sealedWeights: null,
      });
    });

    it('takes a change whole or not at all, and goes on after one that it cannot take', async () => {
      await save(storedRun('run', { attempt: 1 }), Uint8Array.of(1), Uint8Array.of(2));
      const lost = Uint8Array.of(9);
      structuredClone(lost.buffer, { transfer: [lost.buffer] }); // sent away: these bytes are gone
      const later = storedRun('run', { attempt: 2 });
      await expect(save(later, Uint8Array.of(3), lost)).rejects.toThrow(/detached/);
      await expect(save(later, lost, Uint8Array.of(4))).rejects.toThrow(/detached/);
      await reopen();
      expect((await storage.read('run'))!.run.attempt).toBe(1);
      expect(atTable(await storage.restore())).toEqual([Uint8Array.of(1), Uint8Array.of(2)]);
      await save(later, Uint8Array.of(5), null);
      expect(await storage.read('run')).toEqual({ run: later, sealedWeights: Uint8Array.of(5) });
    });

    it('keeps its own copy of what it is given, from the call on, and gives copies away', async () => {
      const weights = Uint8Array.of(1, 2, 3);
      const keys = new Uint8Array(Uint8Array.of(0, 7, 8, 0).buffer, 1, 2); // part of a larger buffer
      const run = storedRun('run', { seats: ['a'] });
      const saved = save(run, weights, keys);
      weights.fill(0);
      keys.fill(0);
      (run.seats as string[]).push('b');
      await saved;
      for (const time of [1, 2]) {
        const read = (await storage.read('run'))!;
        expect([...read.sealedWeights!], `time ${time}`).toEqual([1, 2, 3]);
        expect(read.run.seats).toEqual(['a']);
        read.sealedWeights!.fill(0);
        const { current } = await storage.restore();
        expect([...current!.sealedWeights!]).toEqual([1, 2, 3]);
        expect([...current!.sealedKeys!]).toEqual([7, 8]);
        current!.sealedKeys!.fill(0);
        (current!.run.seats as string[]).push('c');
      }
    });

    it('holds many runs, with much in them', { timeout: 60_000 }, async () => {
      const large = new Uint8Array(1_000_003).map((_, at) => at % 251);
      await save(storedRun('large', { startedAtMs: 0 }), large, null);
      const changes = Array.from({ length: NUM_RUNS }, (_, number) =>
        save(
          storedRun(`run-${number}`, { startedAtMs: number, status: 'stopped' }),
          new Uint8Array(100).fill(number),
          null,
        ),
      );
      await Promise.all(changes);
      await reopen();
      const { archive, current } = await storage.restore();
      const newestFirst = Array.from({ length: NUM_RUNS }, (_, i) => `run-${NUM_RUNS - 1 - i}`);
      expect(archive.map(({ runId }) => runId)).toEqual(newestFirst);
      expect(current!.sealedWeights!.every((byte, at) => byte === at % 251)).toBe(true);
      expect(await weightsOf('run-77')).toEqual(new Uint8Array(100).fill(77));
    });
  });
}

function saveStudy(study: PersistentStudy): PersistentChange {
  return { type: 'save-study', study, drops: { weightsOf: [], keysOf: [] } };
}

/** With trials in these states, the first complete one the best; reports that are no finite numbers in each. */
function storedStudy(studyId: string, states: readonly TrialState[] = []): PersistentStudy {
  const study = createStudy({
    name: studyId,
    direction: 'maximize',
    searchSpace: {},
    numTrials: 9,
  });
  const trials = states.map((state, number) => ({
    number,
    state,
    value: state === 'complete' ? 1 / (number + 1) : null,
    params: { learningRate: 1e-3, optimizer: 'adam' },
    distributions: {},
    intermediateValues: [NaN, Infinity, -Infinity, 0.1 + 0.2].map((value, step) => ({
      step: step + 1,
      value,
    })),
    userAttrs: { text: 'NaN, "quoted" \\ and ümläut\n' },
    systemAttrs: {},
    startedAtMs: 1,
    completedAtMs: state === 'running' ? null : 2,
    relativeParams: null,
  }));
  return {
    studyId,
    base: defaultRunConfig,
    parallelTrials: 2,
    study: { ...study, trials },
    runIds: states.map(() => null),
    stage: { phase: 'running' },
    test: null,
    note: null,
    startedAtMs: 5,
    endedAtMs: null,
  };
}
