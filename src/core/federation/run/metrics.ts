// Metrics of a round from what clients report: means weighted by examples, largest times by phase.
// The server never has a model to evaluate; it only adds counts.
import type { ClientMessageOf, ClientPhase, PhaseSegment } from '../../protocol/client-messages.ts';
import type { RoundRecord, TestResult } from '../../protocol/view.ts';

type Evaluated = ClientMessageOf<'evaluated'>;
type Update = ClientMessageOf<'update'>;

/** Sums of slices; null when no slice holds an example (a mean over nothing is missing, not 0). */
export function mergeEvaluations(slices: readonly Evaluated[]): TestResult | null {
  const numExamples = sum(slices.map((slice) => slice.numExamples));
  if (numExamples === 0) return null;
  return {
    accuracy: sum(slices.map((slice) => slice.numCorrect)) / numExamples,
    loss: sum(slices.map((slice) => slice.lossSum)) / numExamples,
    numExamples,
    confusion: Array.from({ length: 100 }, (_, cell) =>
      sum(slices.map((slice) => slice.confusion[cell]!)),
    ),
  };
}

/** Training loss and accuracy, weighted by the clients' numbers of examples; null of no examples. */
export function mergeTraining(
  updates: readonly Pick<Update, 'numExamples' | 'trainLoss' | 'trainAccuracy'>[],
): { readonly trainLoss: number | null; readonly trainAccuracy: number | null } {
  const numExamples = sum(updates.map((update) => update.numExamples));
  if (numExamples === 0) return { trainLoss: null, trainAccuracy: null };
  const mean = (name: 'trainLoss' | 'trainAccuracy') =>
    sum(updates.map((update) => update.numExamples * update[name])) / numExamples;
  return { trainLoss: mean('trainLoss'), trainAccuracy: mean('trainAccuracy') };
}

/** Whether counts can be true: at most `numExamples` correct, the confusion matrix adds up. */
export function isConsistent(evaluated: Evaluated): boolean {
  const diagonal = sum(Array.from({ length: 10 }, (_, label) => evaluated.confusion[label * 11]!));
  return (
    sum(evaluated.confusion) === evaluated.numExamples &&
    diagonal === evaluated.numCorrect &&
    evaluated.lossSum >= 0
  );
}

/** The largest time that any client spent in `phase`, ms; 0 when none did. */
export function largestPhaseMs(
  clients: readonly (readonly PhaseSegment[])[],
  phase: ClientPhase,
): number {
  const times = clients.map((segments) =>
    sum(segments.filter((s) => s.phase === phase).map((s) => Math.max(0, s.endMs - s.startMs))),
  );
  return Math.max(0, ...times);
}

/** Time left by the mean pace of the last five rounds, ms; null before the first round. */
export function timeLeftMs(history: readonly RoundRecord[], rounds: number): number | null {
  const paces = history.filter(({ round }) => round > 0).slice(-5);
  if (paces.length === 0) return null;
  const mean = sum(paces.map(({ milliseconds }) => milliseconds.total)) / paces.length;
  return mean * (rounds - paces.at(-1)!.round);
}

/** Shannon entropy of the first 64 KiB, in bits per byte: 8 looks random (of 64 KiB: ≥ 7.99). */
export function entropyBitsPerByte(bytes: Uint8Array): number {
  const sample = bytes.subarray(0, 65536);
  const counts = new Uint32Array(256);
  for (let i = 0; i < sample.length; i++) counts[sample[i]!]!++;
  let bits = 0;
  for (const count of counts) {
    if (count > 0) bits -= (count / sample.length) * Math.log2(count / sample.length);
  }
  return bits;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
