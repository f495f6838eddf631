// The bench row `backends`: each backend's training speed beside LayersModel.trainOnBatch, and how
// far `auto`'s choice is from the fastest, as lines of the benchmark's table.
import { defaultThroughputOptions, measureThroughput } from './tfjs-speed.ts';

/** Ratios to reach over trainOnBatch; the CPU backend is a last resort and has none. */
const targets = { webgl: 2, wasm: 1.2 } as const;
/** `auto` may be this much slower than the fastest backend. */
const AUTO_TARGET = 0.9;

interface Line {
  readonly what: string;
  readonly measured: string;
  readonly target: string;
  readonly met: boolean | null;
  readonly values: Readonly<Record<string, number>>;
}

/** Lines as scripts/bench/measurement.ts reads them. Takes about a minute on a software renderer. */
export async function bench(options = defaultThroughputOptions) {
  const { rows, auto } = await measureThroughput(options);
  const lines: Line[] = rows.map(({ backend, renderer, ratio, ...paces }) => {
    const target = backend === 'webgl' || backend === 'wasm' ? targets[backend] : null;
    return {
      what: `${backend} over LayersModel.trainOnBatch, SGD, batch ${options.batchSize}, ${options.units} units (${renderer})`,
      measured: `${ratio.toFixed(1)}× (${Math.round(paces.examplesPerSecond)} over ${Math.round(paces.layersExamplesPerSecond)} examples/s)`,
      target: target === null ? '' : `≥ ${target}×`,
      met: target === null ? null : ratio >= target,
      values: { ratio, ...paces },
    };
  });
  const fastest = Math.max(...rows.map(({ examplesPerSecond }) => examplesPerSecond));
  const chosen = rows.find(({ backend }) => backend === auto.backend);
  // A backend that this table does not hold (the SIMD step) was faster than all of it in `auto`'s race.
  const share = chosen === undefined ? null : chosen.examplesPerSecond / fastest;
  lines.push({
    what: `speed of \`auto\`'s choice over the fastest of these (${auto.backend}: ${auto.reason})`,
    measured: share === null ? 'another, faster in its race' : share.toFixed(2),
    target: `≥ ${AUTO_TARGET}`,
    met: share === null ? null : share >= AUTO_TARGET,
    values: share === null ? {} : { share },
  });
  return lines;
}
