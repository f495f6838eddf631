// Between a dashboard and the server: commands one way, views and answers the other.
import * as v from 'valibot';
import { runConfigSchema } from '../federation/run-config.ts';
import { identifier, shortText } from './schema.ts';
import { errorCode } from './error-codes.ts';
import type { ServerView } from './view.ts';

const requestId = v.pipe(v.number(), v.integer(), v.minValue(0));

/** Every command is answered by exactly one `answer` with its requestId. */
export const dashboardMessageSchema = v.variant('type', [
  /** First message: asks for views from now on. */
  v.strictObject({
    type: v.literal('watch'),
    requestId,
    protocolVersion: v.number(),
    /** The Web Lock that the page holds while it lives. */
    lockName: shortText,
  }),
  v.strictObject({
    type: v.literal('start-run'),
    requestId,
    config: runConfigSchema,
    /** Run the plaintext twin afterwards, for comparison. */
    withTwin: v.boolean(),
  }),
  /** Takes effect at once: the open round is abandoned, the last commit stands. */
  v.strictObject({ type: v.literal('pause-run'), requestId, runId: identifier }),
  v.strictObject({ type: v.literal('continue-run'), requestId, runId: identifier }),
  v.strictObject({ type: v.literal('stop-run'), requestId, runId: identifier }),
  /** The last committed weights of a run, sealed; only pages that hold the federation's secret can open them. */
  v.strictObject({ type: v.literal('get-model'), requestId, runId: identifier }),
  /** The rounds of an archived run. */
  v.strictObject({ type: v.literal('get-history'), requestId, runId: identifier }),
  /** Deletes archived runs (all but the current one). */
  v.strictObject({ type: v.literal('clear-archive'), requestId }),
]);
export type DashboardMessage = v.InferOutput<typeof dashboardMessageSchema>;

/** The view is the server's own type: a dashboard of the same protocol version reads it as it is. */
const viewSlices = v.custom<Partial<ServerView>>(
  (value) => typeof value === 'object' && value !== null,
);

export const serverToDashboardSchema = v.variant('type', [
  /** Changed slices of the view; the first message carries all of them. */
  v.strictObject({ type: v.literal('view'), slices: viewSlices }),
  v.strictObject({
    type: v.literal('answer'),
    requestId,
    outcome: v.variant('ok', [
      v.strictObject({ ok: v.literal(true), result: v.unknown() }),
      v.strictObject({ ok: v.literal(false), code: errorCode, text: v.string() }),
    ]),
  }),
]);
export type ServerToDashboard = v.InferOutput<typeof serverToDashboardSchema>;

/** `result` of the answers, by command. */
export interface DashboardResults {
  watch: { serverId: string };
  'start-run': { runId: string };
  'pause-run': null;
  'continue-run': null;
  'stop-run': null;
  'get-model': { runId: string; round: number; sealedWeights: Uint8Array<ArrayBuffer> | null };
  'get-history': { runId: string; history: ServerView['history'] };
  'clear-archive': null;
}
