// Loss and hits from logits, in float64 on the host: no epsilon, no clipping (a loss of 90 nats is
// 90 nats), and NaN stays NaN. Logits are few; the device has nothing to win here.
import { NUM_CLASSES } from '../core/model/model-spec.ts';

interface Scores {
  lossSum: number;
  numCorrect: number;
  /** [NUM_CLASSES × NUM_CLASSES], row = true label. */
  readonly confusion: Uint32Array<ArrayBuffer>;
}

export function emptyScores(): Scores {
  return { lossSum: 0, numCorrect: 0, confusion: new Uint32Array(NUM_CLASSES * NUM_CLASSES) };
}

/** Adds row `row` of `logits` [rows, 10], whose true class is `label`. */
export function addScore(scores: Scores, logits: Float32Array, row: number, label: number): void {
  const from = row * NUM_CLASSES;
  let prediction = 0;
  for (let j = 1; j < NUM_CLASSES; j++) {
    if (logits[from + j]! > logits[from + prediction]!) prediction = j;
  }
  const largest = logits[from + prediction]!;
  let sum = 0;
  for (let j = 0; j < NUM_CLASSES; j++) sum += Math.exp(logits[from + j]! - largest);
  scores.lossSum += largest + Math.log(sum) - logits[from + label]!;
  if (prediction === label) scores.numCorrect++;
  scores.confusion[label * NUM_CLASSES + prediction]!++;
}
