// The bench row `simd`: the SIMD step's figures (bench.ts) as lines of the benchmark's table.
import {
  cellSizes,
  defaultEffort,
  measureEvaluation,
  measureTraining,
  measureWorkers,
  type BenchEffort,
} from './simd-speed.ts';
import type { CellSize } from './simd-turn.ts';

/** Ratios to reach: SGD's at batch 16 and 128 units alone, Adam's at every size. */
const SGD_TARGET = 20;
const ADAM_TARGET = 12;
const WORKERS_TARGET = 1.8;
const EVALUATION_TARGET = 0.1;

/** Lines as scripts/bench/measurement.ts reads them. Takes about two minutes. */
export async function bench(
  effort: BenchEffort = defaultEffort,
  sizes: readonly CellSize[] = cellSizes,
) {
  const lines = [];
  for (const size of sizes) {
    const cell = await measureTraining(size, effort);
    const { optimizer, units, batchSize } = cell;
    const { simdExamplesPerSecond, layersExamplesPerSecond, ratio, kernels } = cell;
    const target = targetOf(size);
    lines.push({
      what: `SIMD step over tfjs WASM trainOnBatch, ${optimizer}, ${units} units, batch ${batchSize} (${kernels} kernels)`,
      measured: `${ratio.toFixed(1)}× (${inThousands(simdExamplesPerSecond)} over ${inThousands(layersExamplesPerSecond)} examples/s)`,
      target: target === null ? '' : `≥ ${target}×`,
      met: target === null ? null : ratio >= target,
      values: { ratio, simdExamplesPerSecond, layersExamplesPerSecond },
    });
  }
  const workers = await measureWorkers(effort);
  lines.push({
    what: 'two workers training at once over one, SGD, 128 units, batch 16',
    measured: `${workers.ratio.toFixed(2)}× (${inThousands(workers.twoExamplesPerSecond)} over ${inThousands(workers.oneExamplesPerSecond)} examples/s)`,
    target: `≥ ${WORKERS_TARGET}×`,
    met: workers.ratio >= WORKERS_TARGET,
    values: { ...workers },
  });
  const { simdMs, layersMs, trainerMs } = await measureEvaluation(effort);
  const evaluation = (over: string, tfjsMs: number, target: number | null) => ({
    what: `evaluation of ${effort.numEvaluated} images, SIMD step over ${over} on WASM, 128 units`,
    measured: `${(simdMs / tfjsMs).toFixed(3)} (${simdMs.toFixed(0)} ms over ${tfjsMs.toFixed(0)} ms)`,
    target: target === null ? '' : `≤ ${target}`,
    met: target === null ? null : simdMs / tfjsMs <= target,
    values: { share: simdMs / tfjsMs, simdMs, tfjsMs },
  });
  lines.push(evaluation('LayersModel.evaluate', layersMs, EVALUATION_TARGET));
  lines.push(evaluation('the tfjs trainer', trainerMs, null));
  return lines;
}

function targetOf({ optimizer, units, batchSize }: CellSize): number | null {
  if (optimizer === 'adam') return ADAM_TARGET;
  return units === 128 && batchSize === 16 ? SGD_TARGET : null;
}

function inThousands(perSecond: number): string {
  return `${(perSecond / 1000).toFixed(1)} k`;
}
