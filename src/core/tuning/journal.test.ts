// Journals against files that Optuna wrote and what Optuna read back from them, and the writer against
// the reader: whatever a study lived through, its increments and its full export read the same.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  readVector,
  readVectorText,
  stateOf,
  type RecordedNumber,
  type RecordedState,
} from '../../testing/vectors/optuna/load.ts';
import { formatTimestamp } from './civil-time.ts';
import { categoricalDistribution, floatDistribution, intDistribution } from './distribution.ts';
import { distributionFromText, distributionToText } from './journal.ts';
import { readJournal, studyFromJournal, type JournalStudy } from './journal-reader.ts';
import { journalLines } from './journal-writer.ts';
import {
  ask,
  bestTrial,
  canAsk,
  createStudy,
  enqueueTrial,
  report,
  retryTrial,
  shouldPrune,
  tell,
  type Study,
} from './study.ts';

interface ExpectedTrial {
  readonly trial_id: number;
  readonly number: number;
  readonly state: RecordedState;
  readonly values: RecordedNumber[] | null;
  readonly params: object;
  readonly distributions: Readonly<Record<string, string>>;
  readonly intermediate_values: Readonly<Record<string, RecordedNumber>>;
  readonly user_attrs: object;
  readonly system_attrs: object;
  readonly datetime_start: string | null;
  readonly datetime_complete: string | null;
}

interface ExpectedStudy {
  readonly study_name: string;
  readonly study_id: number;
  readonly directions: string[];
  readonly user_attrs: object;
  readonly system_attrs: object;
  readonly best_trial: number;
  readonly best_value: number;
  readonly trials: ExpectedTrial[];
}

const style = { workerId: 'test', utcOffsetMinutes: 0 };

describe.each(['v490', 'v5dev'])('the journal of Optuna %s', (version) => {
  const expected = readVector(`journal_${version}.expected.json`) as ExpectedStudy;
  const text = readVectorText(`journal_${version}.log`);

  it('reads as Optuna reads it', () => {
    expectStudy(onlyStudy(text), expected);
  });

  it('has the same best trial', () => {
    const best = bestTrial(studyFromJournal(onlyStudy(text))!)!;
    expect(best.number).toBe(expected.best_trial);
    expect(best.value).toBe(expected.best_value);
  });

  it('written again by us reads the same', () => {
    const study = studyFromJournal(onlyStudy(text))!;
    const again = onlyStudy(journalLines(null, study, style));
    const ours = Object.keys(again.systemAttrs).filter((key) => key.startsWith('roundtable:'));
    const systemAttrs = { ...again.systemAttrs };
    for (const key of ours) delete systemAttrs[key];
    expect(ours.length).toBe(2);
    expectStudy({ ...again, systemAttrs }, expected);
  });

  it('can be gone on with', () => {
    const study = studyFromJournal(onlyStudy(text), { seed: 3, numTrials: 20 })!;
    const asked = ask(study, 0);
    expect(asked.trial.number).toBe(11); // the waiting one
    expect(asked.trial.params['units']).toBe(99);
    expect(Object.keys(asked.trial.params).length).toBe(4);
  });
});

describe('what Optuna does with odd lines', () => {
  const text = readVectorText('journal_v490.log');
  const lines = text.split('\n').slice(0, -1);
  const reading = (changed: readonly string[]) => readJournal(changed.join('\n') + '\n', 0);

  it('ignores an unterminated or broken last line', () => {
    expect(readJournal(`${text}{"op_code":4,"wor`, 0)).toEqual(readJournal(text, 0));
    expect(readJournal(`${text}{"op_code":4,"wor\n`, 0)).toEqual(readJournal(text, 0));
  });

  it('reports a broken line in the middle', () => {
    expect(reading(lines.with(7, '{"op_code":'))).toEqual({
      ok: false,
      line: 8,
      problem: 'not JSON',
    });
  });

  it('needs an operation that it knows, and a worker', () => {
    expect(reading([...lines, '{"op_code":77,"worker_id":"w"}']).ok).toBe(false);
    expect(reading([...lines, '{"op_code":1,"study_id":9}']).ok).toBe(false);
    expect(reading([...lines, '{"op_code":10,"worker_id":"w","more":1}']).ok).toBe(true);
  });

  it('gives no id to a study of a name that exists, or to a trial of a study that does not', () => {
    const create = (name: string): string =>
      `{"op_code":0,"worker_id":"w","study_name":"${name}","directions":[1]}`;
    const trial = (study: number): string =>
      `{"op_code":4,"worker_id":"w","study_id":${study},"datetime_start":null}`;
    const deletion = '{"op_code":1,"worker_id":"w","study_id":0}';
    const read = reading([
      create('a'),
      create('a'),
      trial(0),
      create('b'),
      trial(7),
      deletion,
      trial(1),
    ]);
    expect(read).toMatchObject({
      ok: true,
      studies: [{ studyId: 1, name: 'b', trials: [{ trialId: 1, number: 0 }] }],
    });
  });

  it('drops what comes after the end of a trial', () => {
    const late = '{"op_code":7,"worker_id":"w","trial_id":0,"step":99,"intermediate_value":1}';
    expect(reading([...lines, late])).toEqual(readJournal(text, 0));
  });

  it.each([
    '{"op_code":4,"worker_id":"w","study_id":0,"datetime_start":null,"values":"many"}',
    '{"op_code":4,"worker_id":"w","study_id":0,"datetime_start":"yesterday"}',
    '{"op_code":6,"worker_id":"w","trial_id":10,"state":9,"values":null}',
    '{"op_code":7,"worker_id":"w","trial_id":10,"step":1,"intermediate_value":"high"}',
    '{"op_code":5,"worker_id":"w","trial_id":10,"param_name":"p","param_value_internal":7,' +
      '"distribution":"{\\"name\\":\\"CategoricalDistribution\\",\\"attributes\\":{\\"choices\\":[1]}}"}',
    '[]',
  ])('refuses %s', (line) => {
    expect(reading([...lines, line])).toMatchObject({ ok: false, line: lines.length + 1 });
  });

  it('reads a report of null as NaN', () => {
    const line = '{"op_code":7,"worker_id":"w","trial_id":10,"step":1,"intermediate_value":null}';
    expect(onlyStudy([...lines, line, ''].join('\n')).trials[10]!.intermediateValues).toEqual([
      { step: 1, value: NaN },
    ]);
  });

  it('refuses a trial with both value and values', () => {
    const both =
      '{"op_code":4,"worker_id":"w","study_id":0,"datetime_start":null,"state":4,"value":1,"values":[1]}';
    expect(reading([...lines, both]).ok).toBe(false);
  });
});

describe('distributions as text', () => {
  it.each([
    intDistribution(64, 256),
    intDistribution(1, 1024, { log: true }),
    intDistribution(16, 128, { step: 16 }),
    floatDistribution(1e-5, 0.1, { log: true }),
    floatDistribution(0, 0.9, { step: 0.1 }),
    categoricalDistribution(['sgd', 1.5, true, null]),
  ])('%j comes back', (distribution) => {
    expect(distributionFromText(distributionToText(distribution))).toEqual(distribution);
  });

  it('that are none give null', () => {
    expect(distributionFromText('{"name":"NormalDistribution","attributes":{"low":0}}')).toBeNull();
    expect(distributionFromText('7')).toBeNull();
    expect(distributionFromText('{')).toBeNull();
  });
});

describe('our journals', () => {
  type Step = { readonly kind: number; readonly pick: number; readonly value: number };
  const steps = fc.array(
    fc.record({
      kind: fc.nat(9),
      pick: fc.nat(20),
      value: fc.oneof(fc.double({ min: 0, max: 1 }), fc.constantFrom(NaN, Infinity)),
    }),
    { minLength: 5, maxLength: 60 },
  );

  it('say the same in increments and in full, whatever happened', () => {
    const seen = new Set<string>();
    const property = fc.property(steps, (events: readonly Step[]) => {
      let study = createStudy({
        name: 'sweep "1"',
        direction: 'maximize',
        metricName: 'accuracy',
        searchSpace: {
          units: intDistribution(64, 256),
          rate: floatDistribution(1e-5, 0.1, { log: true }),
          optimizer: categoricalDistribution(['sgd', 'adam']),
        },
        sampler: { type: 'tpe', joint: true, numStartupTrials: 2 },
        pruner: { type: 'halving' },
        numTrials: 100,
      });
      let incremental = journalLines(null, study, style);
      for (const [index, event] of events.entries()) {
        const next = happen(study, event, 1.7e12 + index * 1000.125);
        incremental += journalLines(study, next, style);
        study = next;
      }
      for (const { state } of study.trials) seen.add(state);
      const full = onlyStudy(journalLines(null, study, style));
      const pieces = onlyStudy(incremental);
      expect(pieces).toEqual(full);
      const reports = incremental.split('\n').filter((line) => line.includes('"op_code":7'));
      const numReports = study.trials.flatMap((trial) => trial.intermediateValues).length;
      expect(reports.length).toBe(numReports); // nothing is said twice
      // relativeParams only helps a trial that is still being suggested.
      const trials = study.trials.map((trial) => ({ ...trial, relativeParams: null }));
      expect(studyFromJournal(full)).toEqual({ ...study, trials });
    });
    fc.assert(property, { numRuns: 60, seed: 11 });
    expect([...seen].sort()).toEqual(['complete', 'failed', 'pruned', 'running', 'waiting']);
  });

  it('put the local time without a zone, and metric names after other attributes', () => {
    const study = tell(ask(createStudy({ ...small, metricName: 'accuracy' }), 0).study, 0, {
      value: 1,
      atMs: 86400000,
    });
    const records = journalLines(null, study, { workerId: 'w', utcOffsetMinutes: 120 })
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const last = records.at(-1)!;
    expect(last['datetime_start']).toBe('1970-01-01T02:00:00.000000');
    expect(last['datetime_complete']).toBe('1970-01-02T02:00:00.000000');
    const attrs = records.filter((record) => record['op_code'] === 3);
    expect(attrs.at(-1)!['system_attr']).toEqual({ 'study:metric_names': ['accuracy'] });
  });

  it('leave out what would crash a reader', () => {
    const study = createStudy(small, { nothing: null, something: 1 });
    expect(journalLines(null, study, style)).not.toContain('nothing');
    expect(journalLines(null, study, style)).toContain('something');
  });

  const small = {
    name: 'small',
    direction: 'maximize',
    searchSpace: { x: floatDistribution(0, 1) },
  } as const;

  function happen(study: Study, { kind, pick, value }: Step, atMs: number): Study {
    const running = study.trials.filter(({ state }) => state === 'running');
    const failed = study.trials.filter(({ state }) => state === 'failed');
    const one = running[pick % Math.max(running.length, 1)];
    if (kind === 0) return enqueueTrial(study, { units: 64 + pick }, { userAttrs: { by: 'hand' } });
    if (kind === 1 && failed.length > 0) return retryTrial(study, failed[0]!.number, 3);
    if (kind <= 3 || one === undefined) return canAsk(study) ? ask(study, atMs).study : study;
    if (kind <= 6) {
      const next = report(study, one.number, value, pick);
      return shouldPrune(next, one.number).study;
    }
    if (kind === 7) return tell(study, one.number, { state: 'pruned', atMs });
    if (kind === 8) return tell(study, one.number, { state: 'failed', reason: 'all left', atMs });
    return tell(study, one.number, { value, atMs }); // fails on NaN
  }
});

function onlyStudy(text: string): JournalStudy {
  const read = readJournal(text, 0);
  if (!read.ok) throw new Error(`line ${read.line}: ${read.problem}`);
  expect(read.studies.length).toBe(1);
  return read.studies[0]!;
}

function expectStudy(actual: JournalStudy, expected: ExpectedStudy): void {
  expect(actual.name).toBe(expected.study_name);
  expect(actual.studyId).toBe(expected.study_id);
  expect(actual.directions).toEqual(expected.directions.map((each) => each.toLowerCase()));
  expect(actual.userAttrs).toEqual(expected.user_attrs);
  expect(actual.systemAttrs).toEqual(expected.system_attrs);
  expect(actual.trials.length).toBe(expected.trials.length);
  for (const [i, trial] of actual.trials.entries()) {
    const recorded = expected.trials[i]!;
    const reports = Object.entries(recorded.intermediate_values);
    const time = (atMs: number | null): string | null =>
      atMs === null ? null : formatTimestamp(atMs, 0);
    expect({
      trialId: trial.trialId,
      number: trial.number,
      state: trial.state,
      values: trial.values,
      value: trial.value,
      params: trial.params,
      distributions: trial.distributions,
      intermediateValues: trial.intermediateValues,
      userAttrs: trial.userAttrs,
      systemAttrs: trial.systemAttrs,
      started: time(trial.startedAtMs),
      completed: time(trial.completedAtMs),
    }).toEqual({
      trialId: recorded.trial_id,
      number: recorded.number,
      state: stateOf[recorded.state],
      values: recorded.values?.map(Number) ?? null,
      value: recorded.values === null ? null : Number(recorded.values[0]),
      params: recorded.params,
      distributions: Object.fromEntries(
        Object.entries(recorded.distributions).map(([name, text]) => [name, plainOf(text)]),
      ),
      intermediateValues: reports.map(([step, value]) => ({ step: +step, value: Number(value) })),
      userAttrs: recorded.user_attrs,
      systemAttrs: recorded.system_attrs,
      started: recorded.datetime_start,
      completed: recorded.datetime_complete,
    });
  }
}

/** The recorded text without this project's reader. */
function plainOf(text: string): object {
  const { name, attributes } = JSON.parse(text) as { name: string; attributes: object };
  return { kind: name.replace('Distribution', '').toLowerCase(), ...attributes };
}

it('keeps the name that another program gave its metric', () => {
  const records = [
    { op_code: 0, study_name: 'theirs', directions: [2] },
    { op_code: 3, study_id: 0, system_attr: { 'study:metric_names': ['val_accuracy'] } },
  ];
  const lines = records.map((record) => JSON.stringify({ worker_id: 'python', ...record }));
  const study = (from: number) =>
    studyFromJournal(onlyStudy(`${lines.slice(0, from).join('\n')}\n`), {
      metricName: 'validation accuracy',
    });
  expect(study(2)!.config.metricName).toBe('val_accuracy');
  expect(study(1)!.config.metricName).toBe('validation accuracy');
});
