// The client machine's boundary: events in, effects out. Every result of an effect carries the key
// of the work it belongs to, so that results of abandoned work change nothing.
import type { RoundKey } from '../../protocol/round-key.ts';
import type { EvaluationSplit, BackendInfo } from '../../training/trainer.ts';
import type { ClientMessage, ClientFailureCode } from '../../protocol/client-messages.ts';
import type { ServerMessage, EvaluationSlice } from '../../protocol/server-messages.ts';
import type { RunConfig } from '../../experiment/run-config.ts';
import type { Untimed } from '../untimed.ts';

export type ClientEvent = { readonly atMs: number } & (
  | { readonly type: 'connected' }
  | { readonly type: 'disconnected' }
  | { readonly type: 'server-said'; readonly message: ServerMessage }
  | {
      readonly type: 'prepared';
      readonly runId: string;
      readonly seat: number;
      readonly round: number;
      readonly numExamples: number;
      readonly labelHistogram: readonly number[];
      readonly backend: BackendInfo;
      readonly rangeExponents: readonly number[];
      readonly prepareMs: number;
    }
  | {
      readonly type: 'keys-made';
      readonly runId: string;
      readonly keyEpoch: number;
      readonly sealed: Uint8Array<ArrayBuffer>;
    }
  | { readonly type: 'keys-opened'; readonly runId: string; readonly keyEpoch: number }
  | { readonly type: 'progressed'; readonly key: RoundKey; readonly fraction: number }
  | {
      readonly type: 'trained';
      readonly key: RoundKey;
      readonly trainLoss: number;
      readonly trainAccuracy: number;
    }
  | {
      readonly type: 'encrypted';
      readonly key: RoundKey;
      readonly payload: Uint8Array<ArrayBuffer>;
      readonly rangeExponents: readonly number[];
      readonly quantisationError: number;
    }
  | { readonly type: 'applied'; readonly key: RoundKey }
  | {
      readonly type: 'evaluated';
      readonly key: RoundKey;
      readonly split: EvaluationSplit;
      readonly numExamples: number;
      readonly numCorrect: number;
      readonly lossSum: number;
      readonly confusion: readonly number[];
      readonly weightsSha256: string;
      readonly twinDifference: number | null;
    }
  | {
      readonly type: 'weights-sealed';
      readonly runId: string;
      readonly round: number;
      readonly weightsSha256: string;
      readonly sealedWeights: Uint8Array<ArrayBuffer>;
    }
  | {
      readonly type: 'work-failed';
      readonly key: RoundKey;
      readonly code: ClientFailureCode;
      readonly detail: string;
    }
);

/**
 * The shell's workbench holds the bytes (shard, weights, residual, keys); the machine says what to do
 * with them. Weights on the workbench: `committed` (last commit) and `tentative` (applied, not committed).
 */
export type ClientEffect =
  | { readonly type: 'send'; readonly message: ClientMessage }
  /** Load the shard of this seat, build and warm up the model, set committed weights → `prepared`. */
  | {
      readonly type: 'prepare';
      readonly runId: string;
      readonly config: RunConfig;
      readonly seat: number;
      readonly round: number;
      /** null: the initial weights of the seed. */
      readonly sealedWeights: Uint8Array<ArrayBuffer> | null;
    }
  | { readonly type: 'make-keys'; readonly runId: string; readonly keyEpoch: number }
  | {
      readonly type: 'open-keys';
      readonly runId: string;
      readonly keyEpoch: number;
      readonly sealed: Uint8Array<ArrayBuffer>;
    }
  /** Train from the committed weights → `progressed`…, `trained`. */
  | { readonly type: 'train'; readonly key: RoundKey }
  /** Scale, quantise, pack, encrypt the trained delta → `encrypted`. */
  | {
      readonly type: 'encrypt';
      readonly key: RoundKey;
      readonly numExamples: number;
      readonly largestNumExamples: number;
      readonly rangeExponents: readonly number[];
    }
  /** Decrypt, divide, add to the committed weights → tentative weights, `applied`. */
  | {
      readonly type: 'apply';
      readonly key: RoundKey;
      readonly sum: Uint8Array<ArrayBuffer>;
      readonly numContributors: number;
      readonly totalExamples: number;
      readonly largestNumExamples: number;
      readonly rangeExponents: readonly number[];
    }
  | {
      readonly type: 'evaluate';
      readonly key: RoundKey;
      readonly split: EvaluationSplit;
      readonly slice: EvaluationSlice;
    }
  /** Seal the newest weights of this round → `weights-sealed`. */
  | { readonly type: 'seal-weights'; readonly runId: string; readonly round: number }
  /** Tentative weights become the committed ones; the residual of the sent update is kept. */
  | { readonly type: 'commit'; readonly runId: string; readonly round: number }
  /** Stop whatever runs for this key; tentative weights and residual are dropped. */
  | { readonly type: 'abandon'; readonly key: RoundKey }
  /** The run is over: keep its last weights for its twin's comparison, free the rest. */
  | { readonly type: 'release'; readonly runId: string };

export type UntimedClientEvent = Untimed<ClientEvent>;
