// The chosen run's last committed model, opened in the inspector and kept up to date: a new commit
// is fetched and opened while the old model goes on predicting.
import { useEffect, useState } from 'react';
import type { RunConfig } from '../../core/federation/run-config.ts';
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

export function useLoadedModel(
  client: InspectorClient,
  getModel: DashboardActions['getModel'],
  federationSecret: () => Uint8Array<ArrayBuffer>,
  source: ModelSource | null,
): { readonly model: LoadedModel; readonly retry: () => void } {
  const [model, setModel] = useState<LoadedModel>({ phase: 'none' });
  const [attempt, setAttempt] = useState(0);
  const runId = source?.runId ?? null;
  const committedRound = source?.committedRound ?? null;

  useEffect(() => {
    if (source === null) return setModel({ phase: 'none' });
    let isCurrent = true;
    setModel((last) =>
      last.phase === 'ready' && last.runId === source.runId ? last : { phase: 'loading' },
    );
    const load = async (): Promise<LoadedModel | null> => {
      try {
        const sealed = await getModel(source.runId);
        if (sealed === null) {
          return { phase: 'failed', text: 'The server did not hand out this run’s model.' };
        }
        const { round, sealedWeights } = sealed;
        const { config } = source;
        const secret = federationSecret();
        const loaded = await client.loadModel({
          secret,
          runId: source.runId,
          config,
          round,
          sealedWeights,
        });
        return { phase: 'ready', config, ...loaded };
      } catch (error) {
        if (error instanceof InspectorError && error.code === 'superseded') return null;
        return { phase: 'failed', text: error instanceof Error ? error.message : String(error) };
      }
    };
    void load().then((loaded) => {
      if (isCurrent && loaded !== null) setModel(loaded);
    });
    return () => {
      isCurrent = false;
    };
    // The source is a new object with every view of the server; run and round say when it changed.
  }, [client, getModel, federationSecret, runId, committedRound, attempt]);

  return { model, retry: () => setAttempt((count) => count + 1) };
}
