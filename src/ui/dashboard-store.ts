// The page's state: a projection of the server's view plus what only this tab knows (its connection,
// the clients it hosts). Components read it with `useDashboard(selector)` and act through `actions`;
// nothing else in the page talks to the server or to workers.
import { createStore, useStore } from 'zustand';
import type { RunConfig } from '../core/experiment/run-config.ts';
import type { DashboardResults } from '../core/protocol/dashboard-results.ts';
import type { BackendChoice } from '../core/training/trainer.ts';
import type { ServerView } from '../core/protocol/view.ts';
import type { Params } from '../core/tuning/study.ts';
import type { StudySetup } from '../core/experiment/study-setup.ts';

/** `outdated`: the server speaks another protocol version, this tab must be reloaded. */
export type ConnectionState = 'connecting' | 'connected' | 'lost' | 'outdated';

export interface HostedClient {
  readonly clientId: string;
  readonly name: string;
  /** As chosen for this client; 'auto' follows the run. */
  readonly backend: BackendChoice;
  readonly state: 'starting' | 'running' | 'restarting' | 'stopped';
  /** Why it restarts or stopped, in a plain sentence. */
  readonly detail: string | null;
  readonly restarts: number;
}

/** A result or a refusal to show for a while; errors say what happened, what it means, what to do. */
export interface Notice {
  readonly id: number;
  readonly tone: 'information' | 'error';
  readonly text: string;
}

export interface DashboardState {
  readonly connection: ConnectionState;
  /** null until the server's first view has arrived. */
  readonly view: ServerView | null;
  readonly hosted: readonly HostedClient[];
  readonly notices: readonly Notice[];
}

/** What the page can do. Promises resolve when the server has answered; refusals become notices. */
export interface DashboardActions {
  startRun(config: RunConfig, withTwin: boolean): Promise<void>;
  pauseRun(): Promise<void>;
  continueRun(): Promise<void>;
  stopRun(): Promise<void>;
  clearArchive(): Promise<void>;
  getHistory(runId: string): Promise<DashboardResults['get-history'] | null>;
  getModel(runId: string): Promise<DashboardResults['get-model'] | null>;
  startStudy(setup: StudySetup): Promise<void>;
  pauseStudy(): Promise<void>;
  /** `numTrials`: from now on so many trials in all; null leaves the number as it is. */
  continueStudy(numTrials: number | null): Promise<void>;
  stopStudy(): Promise<void>;
  /** Its number, or null after a refusal. */
  enqueueTrial(params: Params): Promise<number | null>;
  stopTrial(number: number): Promise<void>;
  /** `setup` is for what the journal does not say; the study is stopped until it is continued. */
  importStudy(journal: string, setup: StudySetup): Promise<{ readonly studyId: string } | null>;
  /** The study as an Optuna journal, in this browser's local time. */
  getStudyJournal(): Promise<string | null>;
  /** Hosts clients in this tab. */
  addClients(howMany: number): void;
  removeClient(clientId: string): void;
  /** Forces a hosted client's backend; 'auto' gives the choice back. */
  setBackend(clientId: string, backend: BackendChoice): void;
  /** Opens client tabs; those that the browser blocks are hosted in this tab instead. */
  openTabs(howMany: number): { readonly opened: number; readonly hostedInstead: number };
  /** URL that brings another tab or machine into the federation. */
  inviteLink(): string;
  dismissNotice(id: number): void;
}

export const dashboardStore = createStore<DashboardState>(() => ({
  connection: 'connecting',
  view: null,
  hosted: [],
  notices: [],
}));

export function useDashboard<Slice>(selector: (state: DashboardState) => Slice): Slice {
  return useStore(dashboardStore, selector);
}
