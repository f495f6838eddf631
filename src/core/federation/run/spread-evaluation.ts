// An evaluation that is spread over clients: slices, who works on which, what came back. A slice
// whose client is lost is missing again and can be given to another.
import type { ClientMessageOf } from '../../protocol/client-messages.ts';
import type { EvaluationSplit } from '../../training/trainer.ts';
import { withEntry, withoutEntry } from '../persistent-map.ts';

type Evaluated = ClientMessageOf<'evaluated'>;

export interface Evaluation {
  readonly split: EvaluationSplit;
  /** By part; null: nothing came back (yet). */
  readonly results: readonly (Evaluated | null)[];
  /** Part that a client works on. */
  readonly jobs: ReadonlyMap<string, number>;
  /** weightsSha256 that a client reported. */
  readonly hashes: ReadonlyMap<string, string>;
}

/** One slice for each of the clients. */
export function startEvaluation(split: EvaluationSplit, clientIds: readonly string[]): Evaluation {
  return {
    split,
    results: clientIds.map(() => null),
    jobs: new Map(clientIds.map((clientId, part) => [clientId, part])),
    hashes: new Map(),
  };
}

export function missingParts(evaluation: Evaluation): number[] {
  const inWork = new Set(evaluation.jobs.values());
  return evaluation.results.flatMap((result, part) =>
    result === null && !inWork.has(part) ? [part] : [],
  );
}

export function withJob(evaluation: Evaluation, clientId: string, part: number): Evaluation {
  return { ...evaluation, jobs: withEntry(evaluation.jobs, clientId, part) };
}

/** The client is lost to this evaluation; what it has reported stays. */
export function withoutJob(evaluation: Evaluation, clientId: string): Evaluation {
  const jobs = withoutEntry(evaluation.jobs, clientId);
  return jobs === evaluation.jobs ? evaluation : { ...evaluation, jobs };
}

/** The result of the client's job. */
export function withResult(
  evaluation: Evaluation,
  clientId: string,
  result: Evaluated,
): Evaluation {
  const part = evaluation.jobs.get(clientId)!;
  return {
    ...evaluation,
    results: evaluation.results.map((old, index) => (index === part ? result : old)),
    jobs: withoutEntry(evaluation.jobs, clientId),
    hashes: withEntry(evaluation.hashes, clientId, result.weightsSha256),
  };
}

/** The hash that most clients reported; of equals, the one reported first. Null of no reports. */
export function majorityHash(evaluation: Evaluation): string | null {
  const votes = new Map<string, number>();
  for (const hash of evaluation.hashes.values()) votes.set(hash, (votes.get(hash) ?? 0) + 1);
  let winner: string | null = null;
  for (const [hash, count] of votes) {
    if (winner === null || count > votes.get(winner)!) winner = hash;
  }
  return winner;
}

/** Drops reports and results of other weights than `hash`. */
export function onlyOf(evaluation: Evaluation, hash: string): Evaluation {
  return {
    ...evaluation,
    results: evaluation.results.map((result) => (result?.weightsSha256 === hash ? result : null)),
    hashes: new Map([...evaluation.hashes].filter(([, reported]) => reported === hash)),
  };
}
