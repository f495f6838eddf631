// What the Encryption view speaks about: the run at the table, or, before the first, the
// configuration in the URL. When the run is a plaintext twin, it is the encrypted run beside it.
import { chooseParameters } from '../../core/encryption/parameters.ts';
import type { SchemeParameters } from '../../core/encryption/scheme.ts';
import type { RunConfig } from '../../core/experiment/run-config.ts';
import { modelOf } from '../../core/experiment/model-of.ts';
import { numParameters } from '../../core/model/model-spec.ts';
import type { RoundRecord, RunArchive } from '../../core/protocol/view.ts';

interface Subject {
  /** `draft`: nothing has run yet. */
  readonly of: 'run' | 'twin' | 'draft';
  readonly parameters: SchemeParameters;
  readonly history: readonly RoundRecord[];
}

type SubjectOrProblem =
  | { readonly ok: true; readonly subject: Subject }
  /** No parameters fit; a sentence for people. */
  | { readonly ok: false; readonly problem: string };

interface Watched {
  /** Parameters of the run at the table, null before the first. */
  readonly encryption: SchemeParameters | null;
  readonly history: readonly RoundRecord[];
  readonly twin: RunArchive | null;
}

export function subjectOf(
  { encryption, history, twin }: Watched,
  draft: RunConfig,
): SubjectOrProblem {
  if (encryption === null) return chosen('draft', draft, []);
  if (encryption.name === 'plaintext' && twin !== null) {
    const { config } = twin.summary;
    if (config.encryption !== 'plaintext') return chosen('twin', config, twin.history);
  }
  return { ok: true, subject: { of: 'run', parameters: encryption, history } };
}

export interface ErrorPoint {
  readonly round: number;
  readonly bound: number | null;
  readonly measured: number | null;
  readonly twinDifference: number | null;
}

/**
 * Bound, measured quantisation error and difference to the twin, by round (round 0 has none: nothing
 * was sent). Whichever of the two runs came second knows the difference.
 */
export function errorPoints(
  history: readonly RoundRecord[],
  other: readonly RoundRecord[],
): ErrorPoint[] {
  const differences = new Map(other.map(({ round, twinDifference }) => [round, twinDifference]));
  return history
    .filter(({ round }) => round > 0)
    .map((record) => ({
      round: record.round,
      bound: record.quantisationBound,
      measured: record.quantisationError,
      twinDifference: record.twinDifference ?? differences.get(record.round) ?? null,
    }));
}

function chosen(
  of: 'twin' | 'draft',
  config: RunConfig,
  history: readonly RoundRecord[],
): SubjectOrProblem {
  const model = modelOf(config);
  try {
    const parameters = chooseParameters(config.encryption, numParameters(model), config.clients);
    return { ok: true, subject: { of, parameters, history } };
  } catch (error) {
    if (error instanceof RangeError) return { ok: false, problem: error.message };
    throw error;
  }
}
