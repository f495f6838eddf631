// Studies worth starting from, as the texts in which they differ from the defaults.
import type { Texts } from '../study-draft.ts';

export interface StudyPreset {
  readonly name: string;
  readonly meaning: string;
  readonly texts: Texts;
  readonly runTexts: Texts;
}

export const studyPresets: readonly StudyPreset[] = [
  {
    name: 'Notebook’s sweep',
    meaning:
      'As the tutorial had it: ten trials over 64–256 units and learning rates 1e-5–1e-1 (logarithmic), each ten rounds of five clients with Adam and fifty batches of 16.',
    texts: {},
    runTexts: { localBatches: '50', optimizer: 'adam' },
  },
  {
    name: 'On all images',
    meaning: 'The same ranges with plain SGD; every client trains on all of its images each round.',
    texts: {},
    runTexts: {},
  },
  {
    name: 'Which optimizer',
    meaning: 'Thirty short trials over optimizer, learning rate, batch size and units.',
    texts: {
      'sweep.optimizer': 'sgd,momentum,adam',
      'sweep.batchSize': '16:128:log',
      'sweep.learningRate': '0.0001:0.5:log',
      trials: '30',
      'sampler.joint': 'yes',
    },
    runTexts: { localBatches: '50', rounds: '6' },
  },
];
