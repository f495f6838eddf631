// The chosen run's last committed model, opened in the inspector and kept up to date: a new commit
// is fetched and opened while the old model goes on predicting.
import { useEffect, useState } from 'react';
import type { RunConfig } from '../../core/experiment/run-config.ts';
import type { DashboardActions } from '../dashboard-store.ts';
import { InspectorError, type InspectorClient } from './inspector-client.ts';

/** A run whose model can be asked for. `committedRound` is null where only the server knows it. */
export interface ModelSource {
  readonly runId: string;
  readonly config: RunConfig;
  readonly committedRound: number | null;
}

/** `none`: no run has committed anything. A `ready` model may be a round older than the newest. */
export type LoadedModel =
  | { readonly phase: 'none' }
  | { readonly phase: 'loading' }
  | {
      readonly phase: 'ready';
      readonly runId: string;
      readonly round: number;
      readonly config: RunConfig;
      readonly numParameters: number;
    }
  | { readonly phase: 'failed'; readonly text: string };

/** What was last opened, and for which source and try. */
interface Opened {
  readonly runId: string;
  readonly attempt: number;
  readonly model: LoadedModel;
}

export function useLoadedModel(
  client: InspectorClient,
  getModel: DashboardActions['getModel'],
  federationSecret: () => Uint8Array<ArrayBuffer>,
  source: ModelSource | null,
): { readonly model: LoadedModel; readonly retry: () => void } {
  const [opened, setOpened] = useState<Opened | null>(null);
  const [attempt, setAttempt] = useState(0);
  const runId = source?.runId ?? null;
  const committedRound = source?.committedRound ?? null;
  // As text, because the server's view brings a new object each time.
  const configText = source === null ? null : JSON.stringify(source.config);

  useEffect(() => {
    if (runId === null || configText === null) return;
    let isCurrent = true;
    const load = async () => {
      const config = JSON.parse(configText) as RunConfig;
      const model = await open(client, getModel, federationSecret, runId, config);
      if (isCurrent && model !== null) setOpened({ runId, attempt, model });
    };
    void load();
    return () => {
      isCurrent = false;
    };
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- each commit is a new model
  }, [client, getModel, federationSecret, runId, configText, committedRound, attempt]);

  const isOfSource = opened !== null && opened.runId === runId && opened.attempt === attempt;
  return {
    model: runId === null ? { phase: 'none' } : isOfSource ? opened.model : { phase: 'loading' },
    retry: () => setAttempt((count) => count + 1),
  };
}

/** null: another model was asked for meanwhile. */
async function open(
  client: InspectorClient,
  getModel: DashboardActions['getModel'],
  federationSecret: () => Uint8Array<ArrayBuffer>,
  runId: string,
  config: RunConfig,
): Promise<LoadedModel | null> {
  try {
    const sealed = await getModel(runId);
    if (sealed === null) {
      return { phase: 'failed', text: 'The server did not hand out this run’s model.' };
    }
    const { round, sealedWeights } = sealed;
    const secret = federationSecret();
    const loaded = await client.loadModel({ secret, runId, config, round, sealedWeights });
    return { phase: 'ready', config, ...loaded };
  } catch (error) {
    if (error instanceof InspectorError && error.code === 'superseded') return null;
    return { phase: 'failed', text: error instanceof Error ? error.message : String(error) };
  }
}
