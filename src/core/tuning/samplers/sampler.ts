// The sampler's interface. A sampler keeps nothing: what it must remember is in the trials (attributes),
// and its random numbers are a stream of study seed, trial and parameter. So a study resumes anywhere,
// and the order in which trials run side by side changes no stream.
import type { Random } from '../../math/random.ts';
import type { Distribution, SearchSpace } from '../distribution.ts';
import type { Attributes, StudyDirection, Trial } from '../trial.ts';

/** What a sampler may look at. */
export interface SamplerContext {
  readonly direction: StudyDirection;
  /** All trials of the study in order of number, `trial` among them. */
  readonly trials: readonly Trial[];
  /** The trial that needs values. */
  readonly trial: Trial;
  /** The declared space; empty if parameters are only known as they are suggested. */
  readonly searchSpace: SearchSpace;
  /** The stream of this study and trial for the use named by `words`. */
  random(...words: readonly string[]): Random;
}

interface RelativeSample {
  /** Internal values of parameters drawn together; those left out are sampled independently. */
  readonly params: Readonly<Record<string, number>>;
  /** System attributes for the trial to remember. */
  readonly attrs?: Attributes;
}

export interface Sampler {
  /** System attributes to give the trial as it starts. */
  beforeTrial?(context: SamplerContext): Attributes;
  /** Called once a trial, when the first parameter needs it. */
  sampleRelative(context: SamplerContext): RelativeSample;
  /** The internal value of one parameter with more than one possible value. */
  sampleIndependent(context: SamplerContext, name: string, distribution: Distribution): number;
  /** Nothing is left to try. */
  isExhausted?(context: Omit<SamplerContext, 'trial' | 'random'>): boolean;
}
