// A small study written out, against the text typed in by hand.
import { expect, it } from 'vitest';
import { categoricalDistribution, floatDistribution } from './distribution.ts';
import { ask, createStudy, enqueueTrial, report, tell } from './study.ts';
import { exportTrial, trialsToCsv } from './trial-export.ts';

function exampleTrials() {
  let study = createStudy({
    name: 'example',
    direction: 'maximize',
    searchSpace: {
      rate: floatDistribution(0, 1),
      note: categoricalDistribution(['plain', 'with, "quotes"']),
    },
  });
  study = enqueueTrial(study, { rate: 0.25, note: 'plain' });
  study = enqueueTrial(study, { rate: 0.5, note: 'with, "quotes"' });
  study = enqueueTrial(study, {});
  study = report(ask(study, 0).study, 0, NaN, 1);
  study = tell(study, 0, { value: Infinity, atMs: 1500 });
  study = tell(ask(study, 2000).study, 1, { state: 'failed', reason: 'a\nb', atMs: 2250 });
  return study.trials;
}

it('as CSV', () => {
  expect(trialsToCsv(exampleTrials())).toBe(
    [
      'number,state,value,datetime_start,datetime_complete,duration_seconds,' +
        'params_note,params_rate,user_attrs_failReason',
      '0,complete,Infinity,1970-01-01T00:00:00.000000Z,1970-01-01T00:00:01.500000Z,1.5,plain,0.25,',
      '1,failed,,1970-01-01T00:00:02.000000Z,1970-01-01T00:00:02.250000Z,0.25,' +
        '"with, ""quotes""",0.5,"a\nb"',
      '2,waiting,,,,,,,',
      '',
    ].join('\r\n'),
  );
});

it('as JSON', () => {
  const trials = exampleTrials();
  expect(JSON.parse(JSON.stringify(exportTrial(trials[0]!)))).toEqual({
    number: 0,
    state: 'complete',
    params: { rate: 0.25, note: 'plain' },
    value: 'Infinity',
    intermediateValues: [{ step: 1, value: 'NaN' }],
    startedAt: '1970-01-01T00:00:00.000000Z',
    completedAt: '1970-01-01T00:00:01.500000Z',
    failReason: null,
  });
  expect(exportTrial(trials[1]!).failReason).toBe('a\nb');
});
