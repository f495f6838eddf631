// Shares of runs whose times were made up here: every millisecond is given out, once.
import { describe, expect, it } from 'vitest';
import { partsOfRun, partsOfStudy, shareLines, timeParts, type TimedRun } from './shares.ts';

type Round = TimedRun['history'][number];

function round(openedAtMs: number, changes: Partial<Round> = {}): Round {
  const path = {
    ...{ train: 100, encrypt: 40, upload: 7, sum: 5, wait: 0 },
    ...{ decrypt: 20, evaluate: 15, answer: 13 },
  };
  return {
    milliseconds: {
      ...{ total: 200, train: 110, encrypt: 60, upload: 7, sum: 5, decrypt: 30, evaluate: 15 },
    },
    path,
    attempts: 1,
    committedAtMs: openedAtMs + 200,
    ...changes,
  };
}

const firstRound = round(1300, {
  path: {
    ...{ train: 0, encrypt: 0, upload: 0, sum: 0, wait: 0, decrypt: 0 },
    ...{ evaluate: 180, answer: 20 },
  },
});
const run: TimedRun = {
  startedAtMs: 1000,
  endedAtMs: 2060,
  history: [firstRound, round(1504), round(1724)],
};

describe('partsOfRun', () => {
  it('gives out what lies in rounds, between them, before and after', () => {
    expect(partsOfRun(run)).toEqual({
      training: 200,
      encryption: 130,
      messages: 60,
      evaluation: 180 + 30 + 136,
      saving: 4 + 20,
      waiting: 300,
    });
  });

  it('counts a gap with abandoned attempts, and clients that did not answer, as waiting', () => {
    const [first, second] = run.history as [Round, Round];
    const late = round(1724, { attempts: 2, path: { ...second.path, wait: 60, train: 40 } });
    const parts = partsOfRun({ ...run, history: [first, second, late] });
    expect(parts).toMatchObject({ saving: 4, waiting: 300 + 20 + 60, training: 140 });
    expect(timeParts.reduce((sum, part) => sum + parts[part], 0)).toBe(1060);
  });

  it('of a run without a round is all waiting', () => {
    expect(partsOfRun({ ...run, history: [] })).toMatchObject({ waiting: 1060, evaluation: 0 });
  });
});

describe('partsOfStudy', () => {
  it('adds what lies between the trials, and the test of the best', () => {
    const later = {
      startedAtMs: run.startedAtMs + 1100,
      endedAtMs: run.endedAtMs + 1100,
      history: run.history.map((one) => ({ ...one, committedAtMs: one.committedAtMs + 1100 })),
    };
    const parts = partsOfStudy({ startedAtMs: 990, endedAtMs: 3400 }, [run, later]);
    expect(parts).toEqual({
      training: 400,
      encryption: 260,
      messages: 120,
      evaluation: 2 * 210 + 240,
      saving: 2 * (24 + 136),
      waiting: 2 * 300 + 10 + 40,
    });
    expect(timeParts.reduce((sum, part) => sum + parts[part], 0)).toBe(3400 - 990);
  });
});

it('shareLines are shares of the whole', () => {
  const lines = shareLines('a run', partsOfRun(run));
  expect(lines[0]).toMatchObject({
    what: 'a run: share of training',
    measured: '18.9 % (0.20 s)',
    values: { milliseconds: 200 },
  });
  expect(lines.reduce((sum, { values }) => sum + values['share']!, 0)).toBeCloseTo(1, 12);
});
