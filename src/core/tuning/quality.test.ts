// The samplers against Optuna's, on functions of two parameters; those of more are in
// quality-many-parameters.test.ts.
import { describe, expect, it } from 'vitest';
import { describeQuality, mannWhitney } from '../../testing/conformance/sampler-quality.ts';

describeQuality((numParameters) => numParameters <= 2);

describe('the Mann–Whitney test', () => {
  it('agrees with scipy.stats.mannwhitneyu (asymptotic, with ties)', () => {
    const a = [1, 2, 2, 3, 5, 8, 13, 21];
    const b = [2, 4, 4, 6, 9, 9, 30];
    expect(mannWhitney(a, b).p).toBeCloseTo(0.4494745616093291, 6);
  });
});
