// Studies worth starting from, as the texts in which they differ from the notebook's sweep.
import type { Texts } from './study-draft.ts';

export interface StudyPreset {
  readonly name: string;
  readonly meaning: string;
  readonly texts: Texts;
  readonly runTexts: Texts;
}

export const studyPresets: readonly StudyPreset[] = [
  {
    name: 'Notebook’s sweep',
    meaning: 'Ten trials over units 64–256 and learning rates 1e-5–1e-1, on all images.',
    texts: {},
    runTexts: {},
  },
  {
    name: 'Notebook’s budget',
    meaning:
      'The same with Adam and fifty batches of 16 a client and round, as the tutorial had it.',
    texts: {},
    runTexts: { localBatches: '50', optimizer: 'adam' },
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
