// The probabilities of the image being drawn: one request under way at a time, always of the newest
// image, so that a slow machine skips images rather than falling behind.
import { useEffect, useRef, useState } from 'react';
import type { InspectorClient } from './inspector-client.ts';

export interface Prediction {
  readonly probabilities: readonly number[] | null;
  /** A sentence, or null. */
  readonly problem: string | null;
}

const nothing: Prediction = { probabilities: null, problem: null };

/** `modelKey` names the loaded model; the same image is predicted again when it changes. */
export function usePrediction(
  client: InspectorClient,
  image: Uint8Array<ArrayBuffer> | null,
  modelKey: string | null,
): Prediction {
  const [prediction, setPrediction] = useState(nothing);
  const newest = useRef<{ image: Uint8Array<ArrayBuffer> | null }>({ image: null });
  const isBusy = useRef(false);

  useEffect(() => {
    const wanted = { image: modelKey === null ? null : image };
    newest.current = wanted;
    const work = async () => {
      isBusy.current = true;
      let done: { image: Uint8Array<ArrayBuffer> | null } | null = null;
      while (done !== newest.current) {
        done = newest.current;
        const result = done.image === null ? nothing : await predictionOf(client, done.image);
        if (done === newest.current) setPrediction(result);
      }
      isBusy.current = false;
    };
    if (!isBusy.current) void work();
  }, [client, image, modelKey]);

  return prediction;
}

async function predictionOf(
  client: InspectorClient,
  image: Uint8Array<ArrayBuffer>,
): Promise<Prediction> {
  try {
    return { probabilities: await client.predict(image), problem: null };
  } catch (error) {
    return { probabilities: null, problem: error instanceof Error ? error.message : String(error) };
  }
}
