import { expect, test } from 'vitest';
import { defaultStudySetup } from '../../core/experiment/study-setup.ts';
import { floatDistribution, intDistribution } from '../../core/tuning/distribution.ts';
import {
  draftSetup,
  firstRange,
  gridValues,
  readStudyUrl,
  sweepableFields,
  writeStudyUrl,
  type Texts,
} from './study-draft.ts';
import { studyFields } from './study-fields.ts';
import { studyPresets } from './setup/study-presets.ts';

test('nothing typed is the notebook’s sweep', () => {
  const { setup, problems } = draftSetup({}, {});
  expect(problems).toEqual([]);
  expect(setup!.base).toEqual(defaultStudySetup.base);
  expect(setup!.study.searchSpace).toEqual(defaultStudySetup.study.searchSpace);
  expect(setup).toEqual(defaultStudySetup);
});

test('the URL carries the whole configuration and leaves foreign names alone', () => {
  const texts: Texts = {
    'sweep.units': '',
    'sweep.optimizer': 'sgd,adam',
    'sweep.momentum': '0:0.9:0.1',
    trials: '25',
    pruner: 'threshold',
    'pruner.lower': '0.3',
    'study-seed': '7',
  };
  const search = writeStudyUrl(texts, '?rounds=3&view=study');
  expect(new URLSearchParams(search).get('rounds')).toBe('3');
  const back = draftSetup(readStudyUrl(search), {});
  expect(back.setup).toEqual(draftSetup(texts, {}).setup);
  expect(back.setup!.study).toMatchObject({ numTrials: 25, seed: 7 });
  expect(back.setup!.study.pruner).toMatchObject({ type: 'threshold', lower: 0.3 });
  expect(Object.keys(back.setup!.study.searchSpace).sort()).toEqual([
    'learningRate',
    'momentum',
    'optimizer',
  ]);
  expect(writeStudyUrl({}, search)).toBe('?rounds=3&view=study');
});

test('what cannot be read is named, and there is no setup', () => {
  const bad = draftSetup({ 'sweep.units': '256:64', trials: 'ten' }, { rounds: '0' });
  expect(bad.setup).toBeNull();
  expect(bad.problems.map(({ key }) => key)).toEqual(['sweep.units', 'rounds', 'trials']);
  const none = draftSetup({ 'sweep.units': '', 'sweep.learningRate': '' }, {});
  expect(none.problems.map(({ key }) => key)).toEqual(['']);
});

test('start-up trials follow the number of trials until they are typed', () => {
  const studyOf = (texts: Texts) => draftSetup(texts, {}).setup!.study;
  expect(studyOf({ trials: '40' })).toMatchObject({
    sampler: { numStartupTrials: 10 },
    pruner: { numStartupTrials: 5 },
  });
  expect(studyOf({ trials: '4' }).sampler).toMatchObject({ numStartupTrials: 2 });
  const typed = { trials: '40', 'sampler.startup': '3' };
  expect(studyOf(typed).sampler).toMatchObject({ numStartupTrials: 3 });
  expect(studyOf(readStudyUrl(writeStudyUrl(typed, '')))).toEqual(studyOf(typed));
});

test('the fixed value of a field that is swept does not matter', () => {
  expect(draftSetup({}, { units: 'many' }).problems).toEqual([]);
  expect(draftSetup({ 'sweep.units': '' }, { units: 'many' }).problems).toHaveLength(1);
});

test('the first preset is the notebook’s own sweep, with the optimizer that it compiles', () => {
  const { texts, runTexts } = studyPresets[0]!;
  expect(draftSetup(texts, runTexts).setup).toMatchObject({
    study: {
      numTrials: 10,
      searchSpace: {
        units: intDistribution(64, 256),
        learningRate: floatDistribution(1e-5, 1e-1, { log: true }),
      },
    },
    base: { clients: 5, rounds: 10, localBatches: 50, batchSize: 16, optimizer: 'adam' },
  });
});

test('every preset makes a study', () => {
  for (const { name, texts, runTexts } of studyPresets) {
    expect(draftSetup(texts, runTexts).problems, name).toEqual([]);
  }
});

test('every sampler and pruner that the form offers makes a study', () => {
  const choicesOf = (key: string) => {
    const field = studyFields.find((one) => one.key === key);
    return field?.kind === 'choice' ? field.choices.map(([value]) => value) : [];
  };
  for (const sampler of choicesOf('sampler')) {
    for (const pruner of choicesOf('pruner')) {
      const { setup, problems } = draftSetup({ sampler, pruner }, {});
      expect(problems).toEqual([]);
      expect([setup!.study.sampler.type, setup!.study.pruner.type]).toEqual([sampler, pruner]);
    }
  }
});

test('every range that a switch begins with is one', () => {
  for (const field of sweepableFields) {
    const { problems } = draftSetup({ [`sweep.${field.name}`]: firstRange(field) }, {});
    expect(problems, field.name).toEqual([]);
  }
});

test('grid values are evenly spread on the distribution’s scale and on its grid', () => {
  const values = gridValues(
    {
      rate: floatDistribution(1e-4, 1e-1, { log: true }),
      units: intDistribution(64, 256, { step: 64 }),
      layers: intDistribution(1, 2),
    },
    4,
  );
  const rates = values['rate'] as number[];
  [1e-4, 1e-3, 1e-2, 1e-1].forEach((rate, index) => expect(rates[index]).toBeCloseTo(rate, 10));
  expect(values['units']).toEqual([64, 128, 192, 256]);
  expect(values['layers']).toEqual([1, 2]);
});
