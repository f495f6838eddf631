// A worker of the benchmark: trains for as long as it is told, and answers with examples a second.
import { trainingTurn } from './simd-turn.ts';
import { darkExamples } from '../simd/calibration.ts';
import { loadModule } from '../simd/load-module.ts';
import { createSimdTrainer } from '../simd/trainer.ts';

declare const self: DedicatedWorkerGlobalScope;

const NUM_EXAMPLES = 3200;

const turn = openTurn();

self.onmessage = async ({ data: forMs }: MessageEvent<number>) => {
  const run = await turn;
  await run();
  const startedMs = performance.now();
  let numExamples = 0;
  do {
    await run();
    numExamples += NUM_EXAMPLES;
  } while (performance.now() - startedMs < forMs);
  self.postMessage((1000 * numExamples) / (performance.now() - startedMs));
};

async function openTurn() {
  const trainer = await createSimdTrainer({ module: await loadModule(), reason: 'Benchmark.' });
  trainer.loadTrainingExamples(darkExamples(NUM_EXAMPLES, 784));
  return trainingTurn(trainer, { optimizer: 'sgd', units: 128, batchSize: 16 }, NUM_EXAMPLES, 1);
}
