// What the server answers to a dashboard's commands: `result` of an `answer`, by the command that it
// answers. The message itself does not say which that was; the dashboard knows by its requestId.
import * as v from 'valibot';
import { MAX_PAYLOAD_BYTES } from '../encryption/scheme.ts';
import type { DashboardMessage } from './dashboard-messages.ts';
import { bytes, count, finite, identifier, roundIndex, sha256Hex } from './schema.ts';
import type { RoundRecord } from './view.ts';

const nothing = v.null();
const someRun = v.strictObject({ runId: identifier });
const someStudy = v.strictObject({ studyId: identifier });
const milliseconds = v.pipe(v.number(), v.finite());

/** The type has the meaning of each field (view.ts). */
const roundRecordSchema = v.strictObject({
  round: roundIndex,
  validationAccuracy: finite,
  validationLoss: finite,
  numValidationExamples: count,
  trainLoss: v.nullable(finite),
  trainAccuracy: v.nullable(finite),
  numClients: count,
  numExamples: count,
  contributors: v.pipe(v.array(count), v.readonly()),
  uploadBytesPerClient: count,
  bytesPerParameter: finite,
  milliseconds: v.strictObject({
    total: milliseconds,
    train: milliseconds,
    encrypt: milliseconds,
    upload: milliseconds,
    sum: milliseconds,
    decrypt: milliseconds,
    evaluate: milliseconds,
  }),
  path: v.strictObject({
    train: milliseconds,
    encrypt: milliseconds,
    upload: milliseconds,
    sum: milliseconds,
    wait: milliseconds,
    decrypt: milliseconds,
    evaluate: milliseconds,
    answer: milliseconds,
  }),
  quantisationBound: finite,
  quantisationError: finite,
  twinDifference: v.nullable(finite),
  weightsSha256: sha256Hex,
  attempts: count,
  committedAtMs: milliseconds,
}) satisfies v.GenericSchema<unknown, RoundRecord>;

export const dashboardResultSchemas = {
  watch: v.strictObject({ serverId: identifier }),
  'set-view-interval': nothing,
  'start-run': someRun,
  'pause-run': nothing,
  'continue-run': nothing,
  'stop-run': nothing,
  'get-model': v.strictObject({
    runId: identifier,
    round: roundIndex,
    /** null: the initial weights of the configuration's seed. */
    sealedWeights: v.nullable(bytes(MAX_PAYLOAD_BYTES)),
  }),
  'get-history': v.strictObject({
    runId: identifier,
    history: v.pipe(v.array(roundRecordSchema), v.readonly()),
  }),
  'clear-archive': nothing,
  'start-study': someStudy,
  'pause-study': nothing,
  'continue-study': nothing,
  'stop-study': nothing,
  'enqueue-trial': v.strictObject({ number: count }),
  'stop-trial': nothing,
  'import-study': someStudy,
  'get-journal': v.strictObject({ journal: v.string() }),
} as const satisfies Readonly<Record<DashboardMessage['type'], v.GenericSchema>>;

export type DashboardResults = {
  readonly [Type in DashboardMessage['type']]: v.InferOutput<(typeof dashboardResultSchemas)[Type]>;
};
