// Between a dashboard and the server: commands one way, views and answers the other.
import * as v from 'valibot';
import { runConfigSchema } from '../experiment/run-config.ts';
import { count, identifier } from './schema.ts';
import { errorCode } from './error-codes.ts';
import { refusalSchema } from './notes.ts';
import { paramsSchema } from '../tuning/study-config.ts';
import { studySetupSchema } from '../experiment/study-setup.ts';
import type { ServerView, TrialView } from './view.ts';

const requestId = v.pipe(v.number(), v.integer(), v.minValue(0));

/** Of the times in a journal, which are local: minutes east of UTC. */
const utcOffsetMinutes = v.pipe(v.number(), v.integer(), v.minValue(-1440), v.maxValue(1440));
/** Shortest time between two views for this page, ms: nobody sees more pictures than a page draws. */
const viewIntervalMs = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(60_000));
/** Characters. */
const MAX_JOURNAL_LENGTH = 2 ** 28;

/** Every command is answered by exactly one `answer` with its requestId. */
export const dashboardMessageSchema = v.variant('type', [
  /** First message: asks for views from now on. */
  v.strictObject({
    type: v.literal('watch'),
    requestId,
    protocolVersion: v.number(),
    viewIntervalMs,
  }),
  /** The page was hidden or shown: a view that waits longer than the new interval goes out at once. */
  v.strictObject({ type: v.literal('set-view-interval'), requestId, viewIntervalMs }),
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
  /** Deletes archived runs: all but the current one and those of the study at the table. */
  v.strictObject({ type: v.literal('clear-archive'), requestId }),
  /** A study takes the place of the last one, whose runs stay in the archive. */
  v.strictObject({ type: v.literal('start-study'), requestId, setup: studySetupSchema }),
  /** Pauses the trial's run as well; it goes on from its last commit. */
  v.strictObject({ type: v.literal('pause-study'), requestId, studyId: identifier }),
  /** `numTrials`: from now on so many trials in all; null leaves the number as it is. */
  v.strictObject({
    type: v.literal('continue-study'),
    requestId,
    studyId: identifier,
    numTrials: v.nullable(v.pipe(count, v.minValue(1))),
  }),
  /** Running trials fail with that reason; the best trial so far is tested. */
  v.strictObject({ type: v.literal('stop-study'), requestId, studyId: identifier }),
  /** A trial with these parameters comes next; those left out are sampled. */
  v.strictObject({
    type: v.literal('enqueue-trial'),
    requestId,
    studyId: identifier,
    params: paramsSchema,
  }),
  /** The running trial fails with that reason; the study goes on. */
  v.strictObject({
    type: v.literal('stop-trial'),
    requestId,
    studyId: identifier,
    number: count,
  }),
  /**
   * An Optuna journal becomes the study at the table, stopped. `setup` is for what the journal does not
   * say: a journal of this project brings its own.
   */
  v.strictObject({
    type: v.literal('import-study'),
    requestId,
    journal: v.pipe(v.string(), v.maxLength(MAX_JOURNAL_LENGTH)),
    utcOffsetMinutes,
    setup: studySetupSchema,
  }),
  /** The study as an Optuna journal. */
  v.strictObject({
    type: v.literal('get-journal'),
    requestId,
    studyId: identifier,
    utcOffsetMinutes,
  }),
]);
export type DashboardMessage = v.InferOutput<typeof dashboardMessageSchema>;
export type DashboardMessageOf<Type extends DashboardMessage['type']> = Extract<
  DashboardMessage,
  { type: Type }
>;

/**
 * The view is the server's own type (view.ts) and is read as it is: a dashboard believes a server of the
 * same protocol version, since all it shows is that server's word. It decides nothing by it, renders
 * every text as text, and a schema would read 200 trials with their reports ten times a second.
 */
const viewSlices = v.custom<Partial<ServerView>>(
  (value) => typeof value === 'object' && value !== null,
);
const trialViews = v.custom<readonly TrialView[]>((value) => Array.isArray(value));

export const serverToDashboardSchema = v.variant('type', [
  /**
   * Changed slices of the view; the first message carries all of them. `changedTrials` belong into the
   * slice `trials`, which is sent whole only when another study took the table.
   */
  v.strictObject({
    type: v.literal('view'),
    slices: viewSlices,
    changedTrials: v.optional(trialViews),
  }),
  v.strictObject({
    type: v.literal('answer'),
    requestId,
    outcome: v.variant('ok', [
      /** Read by the schema of the command that it answers (dashboard-results.ts). */
      v.strictObject({ ok: v.literal(true), result: v.unknown() }),
      // A server of another version may have other reasons, or gives it as it did then.
      v.object({
        ok: v.literal(false),
        code: errorCode,
        reason: v.fallback(refusalSchema, { code: 'wrong-version' }),
      }),
    ]),
  }),
]);
export type ServerToDashboard = v.InferOutput<typeof serverToDashboardSchema>;
