// The samplers against Optuna's, on functions of more than two parameters.
import { describeQuality } from '../../testing/conformance/sampler-quality.ts';

describeQuality((numParameters) => numParameters > 2);
