// What a client knows of its place in a run, and the work it is doing. The bytes (shard, weights,
// keys) lie on the shell's workbench; the machine only says what to do with them.
import type { RoundKey } from '../../protocol/round-key.ts';
import type { ClientMessageOf, PhaseSegment } from '../../protocol/client-messages.ts';
import type { EvaluationSlice, ServerMessageOf } from '../../protocol/server-messages.ts';
import type { EvaluationSplit } from '../../training/trainer.ts';
import type { RunConfig } from '../../experiment/run-config.ts';

/** Fixed for the life of a client; the clientId stays the same over reconnections. */
export interface ClientConfig {
  readonly clientId: string;
  readonly name: string;
}

export interface ClientState {
  readonly isConnected: boolean;
  /** Null between runs and while there is no connection. */
  readonly place: Place | null;
}

/** A seat in a run. */
export interface Place {
  readonly runId: string;
  readonly config: RunConfig;
  readonly seat: number;
  readonly keys: Keys;
  /** Weights being put on the workbench, by `assign` or `resync`; null when that is done. */
  readonly preparing: { readonly round: number } | null;
  /** Result of the preparation, kept until the keys are open, so that `prepared` can be said. */
  readonly unsaid: Prepared | null;
  /** Round of the committed weights on the workbench, -1 before the first preparation. */
  readonly committedRound: number;
  /** Weights applied and not committed yet. */
  readonly tentative: RoundKey | null;
  readonly numExamples: number;
  readonly work: Work;
  /** Of `sum` and `apply` the one that came first; null when neither waits. */
  readonly half: Half | null;
  /** The last attempt at the round in hand that was called off: what still comes of it is not kept. */
  readonly abandoned: RoundKey | null;
  readonly lastProgressAtMs: number;
}

export type Prepared = Pick<
  ClientMessageOf<'prepared'>,
  'round' | 'numExamples' | 'labelHistogram' | 'backend' | 'rangeExponents' | 'prepareMs'
>;

/** `epoch` is the one being opened or open; -1 while there is none. */
export interface Keys {
  readonly status: 'unneeded' | 'absent' | 'making' | 'opening' | 'open';
  readonly epoch: number;
}

interface Timed {
  readonly key: RoundKey;
  /** When the message that started the work arrived. */
  readonly receivedAtMs: number;
  readonly segments: readonly PhaseSegment[];
}

export interface TrainingResultFacts {
  readonly trainLoss: number;
  readonly trainAccuracy: number;
}

type Train = ServerMessageOf<'train'>;
type Apply = ServerMessageOf<'apply'>;
export type Half = ServerMessageOf<'sum'> | Apply;

export type Work =
  | { readonly phase: 'idle' }
  | (Timed & { readonly phase: 'training'; readonly order: Train })
  /** `startedAtMs` null: trained, and the keys are still to be opened. */
  | (Timed & {
      readonly phase: 'encrypting';
      readonly order: Train;
      readonly startedAtMs: number | null;
      readonly result: TrainingResultFacts;
    })
  /** The update is sent; its residual lies on the workbench until the round is decided. */
  | { readonly phase: 'sent'; readonly key: RoundKey }
  | (Timed & { readonly phase: 'applying'; readonly order: Apply })
  | (Timed & {
      readonly phase: 'evaluating';
      readonly split: EvaluationSplit;
      readonly slice: EvaluationSlice;
      readonly startedAtMs: number;
    });

export function isSameKey(a: RoundKey, b: RoundKey): boolean {
  return a.runId === b.runId && a.round === b.round && a.attempt === b.attempt;
}

/** The key of an order, without its other fields. */
export function keyOf({ runId, round, attempt }: RoundKey): RoundKey {
  return { runId, round, attempt };
}
