// Importances from the worker, computed again when another trial is complete. While an answer is
// awaited the last one stands.
import { useEffect, useRef, useState } from 'react';
import type { Importance } from '../../../core/tuning/importance/importance.ts';
import type { StudyConfig } from '../../../core/tuning/study-config.ts';
import type { Trial } from '../../../core/tuning/trial.ts';
import type {
  ImportanceAnswer,
  ImportanceMethod,
  ImportanceRequest,
} from './importance-request.ts';

export interface ImportanceState {
  readonly importances: readonly Importance[];
  readonly isComputing: boolean;
  /** Why there is no answer, in a sentence; null when nothing went wrong. */
  readonly trouble: string | null;
}

interface Answered {
  readonly complete: readonly Trial[];
  readonly method: ImportanceMethod;
  readonly importances: readonly Importance[];
  readonly trouble: string | null;
}

const NONE: readonly Importance[] = [];

/** `complete` must keep its identity until another trial is complete. */
export function useImportance(
  complete: readonly Trial[],
  { direction, seed }: StudyConfig,
  method: ImportanceMethod,
): ImportanceState {
  const [answered, setAnswered] = useState<Answered | null>(null);
  const worker = useRef<Worker | null>(null);
  useEffect(
    () => () => {
      worker.current?.terminate();
      worker.current = null;
    },
    [],
  );
  const isEnough = complete.length > 1;
  useEffect(() => {
    if (!isEnough) return;
    worker.current ??= new Worker(new URL('./importance-worker.ts', import.meta.url), {
      type: 'module',
    });
    const asked = worker.current;
    const answer = (importances: readonly Importance[], trouble: string | null) =>
      setAnswered({ complete, method, importances, trouble });
    const onMessage = ({ data }: MessageEvent<ImportanceAnswer>) => {
      // An older question may still be answered.
      if (data.numTrials === complete.length && data.method === method) {
        answer(data.importances, null);
      }
    };
    const onError = () =>
      answer(NONE, 'The importances could not be computed. The other plots are not affected.');
    asked.addEventListener('message', onMessage);
    asked.addEventListener('error', onError);
    const trials = complete.map((trial) => ({ ...trial, intermediateValues: [] }));
    asked.postMessage({ method, trials, direction, seed } satisfies ImportanceRequest);
    return () => {
      asked.removeEventListener('message', onMessage);
      asked.removeEventListener('error', onError);
    };
  }, [complete, direction, seed, method, isEnough]);
  if (!isEnough) return { importances: NONE, isComputing: false, trouble: null };
  return {
    importances: answered?.importances ?? NONE,
    isComputing: answered?.complete !== complete || answered.method !== method,
    trouble: answered?.trouble ?? null,
  };
}
