// What the server shows to dashboards: a plain picture of its state, in slices that are sent again
// only when they changed. Nothing here is secret: it is all the server itself knows.
import type { RunConfig } from '../experiment/run-config.ts';
import type { BackendInfo } from '../training/trainer.ts';
import type { SchemeParameters } from '../encryption/scheme.ts';
import type { ParamValue } from '../tuning/distribution.ts';
import type { StudySetup } from '../experiment/study-setup.ts';
import type { Trial, TrialState } from '../tuning/trial.ts';
import type { ClientPhase, PhaseSegment } from './client-messages.ts';
import type { ErrorCode } from './error-codes.ts';
import type { StoredNote } from './notes.ts';

export interface ServerView {
  readonly server: ServerSlice;
  readonly clients: readonly ClientView[];
  /** The run at the table now, or the last one; null before the first. */
  readonly run: RunView | null;
  /** Runs of further trials, side by side with it on other clients. */
  readonly beside: readonly RunView[];
  /** Its committed rounds, round 0 first. */
  readonly history: readonly RoundRecord[];
  /** The finished twin (same configuration, other encryption) of the run, for comparison; or null. */
  readonly twin: RunArchive | null;
  /** Earlier runs, newest first, without their rounds. */
  readonly archive: readonly RunSummary[];
  readonly sees: ServerSees;
  /** The study at the table now, or the last one; null before the first. */
  readonly study: StudyView | null;
  /**
   * Its trials in order of number. Sent once; later only trials that changed are sent, and the page
   * puts them in place (`withTrials`): an unchanged trial keeps its identity there too.
   */
  readonly trials: readonly TrialView[];
}

export interface ServerSlice {
  readonly serverId: string;
  readonly startedAtMs: number;
  /** How often a server of this browser was started on persisted state. */
  readonly restarts: number;
  /** Messages not taken, by code. */
  readonly rejections: Readonly<Partial<Record<ErrorCode, number>>>;
  readonly keyEpoch: number;
}

/**
 * `spare`: connected, no seat. `preparing`: loading data, compiling. `ready`: can be asked.
 * `unresponsive`: missed a deadline. `left`: gone, its seat is empty.
 */
export type ClientStanding = 'spare' | 'preparing' | 'ready' | 'unresponsive' | 'failed' | 'left';

/** What a run shows of a client: just this, whatever else it keeps of it. */
export interface ClientFacts {
  readonly standing: ClientStanding;
  readonly phase: ClientPhase;
  /** Share of the phase done, in [0, 1]. */
  readonly fraction: number;
  readonly backend: BackendInfo | null;
  readonly numExamples: number;
  /** [10] counts by label. */
  readonly labelHistogram: readonly number[];
  /** Phases of the last round that this client took part in, ms after the round opened. */
  readonly lastSegments: readonly PhaseSegment[];
  /** Bytes of its last update, and of all of them. */
  readonly lastUpdateBytes: number;
  readonly totalUpdateBytes: number;
  /** Accuracy on its slice of the validation examples after the last round, null before. */
  readonly lastAccuracy: number | null;
  /** Why it failed or was set aside, as a code of the protocol, or null. */
  readonly trouble: string | null;
  /** The client's own words for it, if it had any. */
  readonly troubleDetail: string | null;
}

export type ClientView = ClientFacts & {
  readonly clientId: string;
  readonly name: string;
  /** The run that has seated it; the facts are its part in that run. Null for spares. */
  readonly runId: string | null;
  /** Place at the table in [0, run.config.clients), null for spares and in a run beside the table. */
  readonly seat: number | null;
};

/**
 * `gathering`: waits for keys and for enough ready clients. `open`: updates come in. `applying`: the
 * sum is with the clients, evaluations come in (round 0: the initial model's). `committing`: the
 * round is being persisted. `testing`: test images. `paused` resumes at the last commit.
 */
export type RunPhase =
  | 'gathering'
  | 'open'
  | 'applying'
  | 'committing'
  | 'testing'
  | 'paused'
  | 'finished'
  | 'stopped'
  | 'failed';

/** Nothing more happens to a run in these. */
export function isOverPhase(phase: string): phase is 'finished' | 'stopped' | 'failed' {
  return phase === 'finished' || phase === 'stopped' || phase === 'failed';
}

export interface RunView {
  readonly runId: string;
  readonly config: RunConfig;
  readonly phase: RunPhase;
  /** The round being worked on; the last one when over. */
  readonly round: number;
  readonly attempt: number;
  /** Clients asked in this round, and those of them whose update is in the sum. */
  readonly cohort: readonly string[];
  readonly received: readonly string[];
  /** Epoch ms of start and end, and of the current round's opening and deadline. */
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
  readonly roundOpenedAtMs: number | null;
  readonly deadlineAtMs: number | null;
  readonly abandonedRounds: number;
  readonly encryption: SchemeParameters;
  /** Time left by the pace of the rounds so far, ms; null before the first. */
  readonly timeLeftMs: number | null;
  readonly test: TestResult | null;
  readonly weightsSha256: string | null;
  /** Why the run failed, or what it waits for; null if neither. */
  readonly note: StoredNote | null;
  /** This run is the twin of that one. */
  readonly twinOf: string | null;
  /** This run is a trial of that study. */
  readonly trialOf: TrialPlace | null;
}

export interface RoundMilliseconds {
  /** From the opening until the round is ready to be committed: its save comes after it. */
  readonly total: number;
  /** Largest of the clients' own times for each phase; `upload` and `sum` as the server measured. */
  readonly train: number;
  readonly encrypt: number;
  readonly upload: number;
  readonly sum: number;
  readonly decrypt: number;
  readonly evaluate: number;
}

/**
 * A round's `total` as stretches one after the other, of the clients that were waited for
 * (core/federation/critical-path.ts); ms.
 */
export interface RoundPath {
  readonly train: number;
  readonly encrypt: number;
  /** What else lay between the opening and the last update: the order and the update on their way. */
  readonly upload: number;
  readonly sum: number;
  /** What else lay between the last update and the sum's release: clients that did not answer. */
  readonly wait: number;
  readonly decrypt: number;
  readonly evaluate: number;
  /** What else lay between the sum's release and `total`'s end: the sum and the answers on their way. */
  readonly answer: number;
}

export interface RoundRecord {
  /** 0: the initial model. */
  readonly round: number;
  /** Means over the validation examples of the slices that arrived. */
  readonly validationAccuracy: number;
  readonly validationLoss: number;
  readonly numValidationExamples: number;
  /** Weighted by examples; null for round 0. */
  readonly trainLoss: number | null;
  readonly trainAccuracy: number | null;
  /** Contributors and their examples. */
  readonly numClients: number;
  readonly numExamples: number;
  readonly contributors: readonly number[];
  readonly uploadBytesPerClient: number;
  readonly bytesPerParameter: number;
  readonly milliseconds: RoundMilliseconds;
  readonly path: RoundPath;
  /**
   * The stated bound on the error of any weight of the mean: one step of the coarsest tensor, where all
   * hold equally many examples (encryption/quantisation.ts).
   */
  readonly quantisationBound: number;
  /** Largest error a client measured on its own update. */
  readonly quantisationError: number;
  /** Largest difference of a weight to the twin run's at this round; null without a twin. */
  readonly twinDifference: number | null;
  readonly weightsSha256: string;
  readonly attempts: number;
  /** When its save began, epoch ms: the save holds this record, so it cannot tell its own end. */
  readonly committedAtMs: number;
}

export interface TestResult {
  readonly accuracy: number;
  readonly loss: number;
  readonly numExamples: number;
  /** [10 × 10] counts, row = true label. */
  readonly confusion: readonly number[];
}

export interface RunSummary {
  readonly runId: string;
  readonly config: RunConfig;
  readonly phase: RunPhase;
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
  readonly rounds: number;
  readonly validationAccuracy: number | null;
  readonly testAccuracy: number | null;
  readonly twinOf: string | null;
  readonly trialOf: TrialPlace | null;
}

export interface TrialPlace {
  readonly studyId: string;
  readonly number: number;
}

/**
 * `running`: trials go on (or wait for clients). `paused`: continues where it stopped, in the middle of
 * a trial. `testing`: the trials are over, the best one's model is evaluated on the test images.
 * `finished`: nothing is left to try. `stopped`: by a command, or imported; can be continued.
 */
export type StudyPhase = 'running' | 'paused' | 'testing' | 'finished' | 'stopped';

export interface StudyView {
  readonly studyId: string;
  readonly setup: StudySetup;
  readonly phase: StudyPhase;
  /** Trials in each state. */
  readonly counts: Readonly<Record<TrialState, number>>;
  readonly running: readonly RunningTrial[];
  readonly best: BestTrial | null;
  /** By the pace of the trials so far, ms; null before the first has ended and when nothing runs. */
  readonly timeLeftMs: number | null;
  /** What the study waits for or why it paused; null if neither. */
  readonly note: StoredNote | null;
  /** Epoch ms. */
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
}

export interface RunningTrial {
  readonly number: number;
  readonly runId: string;
  /** The round being worked on; 0 while the initial model is evaluated. */
  readonly round: number;
}

/** The complete trial with the highest validation accuracy. */
export interface BestTrial {
  readonly number: number;
  readonly params: Readonly<Record<string, ParamValue>>;
  readonly value: number;
  /** Its run, for `get-model` and `get-history`; null if it was imported. */
  readonly runId: string | null;
  /** On the test images, once the study is over; null before. */
  readonly test: TestResult | null;
}

/** A trial with its place in the federation; all that plots, tables and exports of trials need. */
export interface TrialView extends Trial {
  /** Its run, also after its end (`get-history`); null while waiting and for imported trials. */
  readonly runId: string | null;
  /** Why it failed; null if it did not. */
  readonly failReason: StoredNote | null;
}

/** `trials` with the changed ones in place; the others keep their identity. */
export function withTrials(
  trials: readonly TrialView[],
  changed: readonly TrialView[],
): readonly TrialView[] {
  const next = [...trials];
  for (const trial of changed) next[trial.number] = trial;
  return next;
}

export interface RunArchive {
  readonly summary: RunSummary;
  readonly history: readonly RoundRecord[];
}

/** What has reached the server, for the panel "what the server sees". */
export interface ServerSees {
  /** First bytes of the last update, as they arrived. */
  readonly lastUpdateHead: Uint8Array | null;
  readonly lastUpdateBytes: number;
  readonly lastUpdateFrom: string | null;
  readonly lastUpdateAtMs: number | null;
  readonly numUpdates: number;
  readonly totalBytes: number;
  /** Bits of entropy per byte of the last update (8 = looks random). */
  readonly lastUpdateEntropy: number | null;
}
