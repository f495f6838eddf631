// You are in a worker of the page: importances of parameters, off the page's thread (a random forest of
// 64 trees takes longer than a frame). One request, one answer; the page keeps one in flight.
import { createRandom } from '../../../core/math/random.ts';
import { fanovaImportances } from '../../../core/tuning/importance/fanova.ts';
import { pedAnovaImportances } from '../../../core/tuning/importance/ped-anova.ts';
import type { ImportanceAnswer, ImportanceRequest } from './importance-request.ts';

addEventListener('message', ({ data }: MessageEvent<ImportanceRequest>) => {
  const { trials, direction, method, seed } = data;
  const importances =
    method === 'ped-anova'
      ? pedAnovaImportances(trials, direction)
      : fanovaImportances(trials, direction, createRandom(seed, 'fanova'));
  postMessage({ method, numTrials: trials.length, importances } satisfies ImportanceAnswer);
});
