// Going through the test images with the loaded model: by itself once a run is over, on request while
// it still trains (the images take a second of a core that the clients could use).
import { useCallback, useEffect, useRef, useState } from 'react';
import type { TestInspection } from '../../core/protocol/inspector-messages.ts';
import { InspectorError, type InspectorClient } from './inspector-client.ts';

const MOST_MISTAKES = 48;

export interface Inspection {
  /** The last result of this run, maybe of an earlier round. */
  readonly result: TestInspection | null;
  /** Share of the images done, null when none are being read. */
  readonly fraction: number | null;
  readonly problem: string | null;
}

const nothing: Inspection = { result: null, fraction: null, problem: null };

export function useInspection(
  client: InspectorClient,
  runId: string | null,
  modelKey: string | null,
  startsItself: boolean,
): { readonly inspection: Inspection; readonly inspect: () => void } {
  const [last, setLast] = useState({ runId, inspection: nothing });
  const newestSearch = useRef(0);

  const inspect = useCallback(async () => {
    const search = ++newestSearch.current;
    const update = (change: Partial<Inspection>) => {
      if (search !== newestSearch.current) return;
      setLast((before) => ({
        runId,
        inspection: { ...(before.runId === runId ? before.inspection : nothing), ...change },
      }));
    };
    update({ fraction: 0, problem: null });
    try {
      const result = await client.findMistakes(MOST_MISTAKES, (fraction) => update({ fraction }));
      update({ result, fraction: null });
    } catch (error) {
      const wasOvertaken = error instanceof InspectorError && error.code === 'superseded';
      const text = error instanceof Error ? error.message : String(error);
      update({ fraction: null, problem: wasOvertaken ? null : text });
    }
  }, [client, runId]);

  useEffect(() => {
    if (!startsItself || modelKey === null) return;
    // In the next task: the first paint of the view comes before the search.
    const timer = setTimeout(() => void inspect());
    return () => clearTimeout(timer);
  }, [startsItself, modelKey, inspect]);

  const inspection = last.runId === runId ? last.inspection : nothing;
  return { inspection, inspect: () => void inspect() };
}
