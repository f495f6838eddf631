// Who evaluates what: the validation or test examples are cut into consecutive slices, one a client,
// so that every example is evaluated exactly once however many clients there are.
import type { EvaluationSlice } from '../protocol/server-messages.ts';
import type { EvaluationSplit } from '../training/trainer.ts';

/** MNIST's training file gives 5,000 examples to validate; its test file has 10,000. */
const NUM_EVALUATION_EXAMPLES: Readonly<Record<EvaluationSplit, number>> = {
  validation: 5000,
  test: 10000,
};

/** Slice `part` of `parts` is examples [from, to) by position; sizes differ by at most one. */
export function sliceBounds(
  split: EvaluationSplit,
  { part, parts }: EvaluationSlice,
): { readonly from: number; readonly to: number } {
  const total = NUM_EVALUATION_EXAMPLES[split];
  return { from: Math.floor((total * part) / parts), to: Math.floor((total * (part + 1)) / parts) };
}
