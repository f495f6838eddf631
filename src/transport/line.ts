// One side of an endpoint, the same for the one who connects and the one who listens: it says hello once
// its own lock is held, waits for the other side's, and passes on the frames between.
import * as v from 'valibot';
import { frameSchema, type ChannelFrame, type Frame } from './frames.ts';
import { onAbsence, type Presence } from './presence.ts';

/** One end of a way to the server: a page opens it and may hand it over to a worker. Only src/transport looks inside. */
export type Endpoint = MessagePort;

export interface Line {
  post(frame: ChannelFrame, handedOver?: readonly ArrayBuffer[]): void;
  /** The other side is told; nothing more is heard. */
  close(): void;
}

export interface LineHearer {
  onFrame(frame: ChannelFrame): void;
  /** The other side closed the endpoint or died. Once, and nothing after it; not after an own `close`. */
  onEnd(): void;
}

export function openLine(endpoint: Endpoint, presence: Presence, hearer: LineHearer): Line {
  let isOver = false;
  /** Frames that wait for this side's lock; null once it has said hello. */
  let unsaid: { frame: Frame; handedOver: readonly ArrayBuffer[] }[] | null = [];
  /** Null until the other side has said hello. */
  let stopWatching: (() => void) | null = null;

  function put(frame: Frame, handedOver: readonly ArrayBuffer[] = []): void {
    endpoint.postMessage(frame, [...handedOver]);
  }

  function finish(): void {
    isOver = true;
    unsaid = null;
    stopWatching?.();
    endpoint.close();
  }

  function end(): void {
    if (isOver) return;
    finish();
    hearer.onEnd();
  }

  void presence.held.then((lock) => {
    if (isOver) return;
    put({ frame: 'hello', lock });
    for (const { frame, handedOver } of unsaid ?? []) put(frame, handedOver);
    unsaid = null;
  });

  endpoint.onmessage = ({ data }) => {
    const read = v.safeParse(frameSchema, data);
    // Nobody but this code speaks here; what it does not know cannot be answered either.
    if (isOver || !read.success) return;
    const frame = read.output;
    if (frame.frame === 'hello') stopWatching ??= onAbsence(frame.lock, end);
    else if (frame.frame === 'end') end();
    else if (stopWatching !== null) hearer.onFrame(frame);
  };

  return {
    post(frame, handedOver = []) {
      if (isOver) return;
      if (unsaid === null) return put(frame, handedOver);
      // What is sent is sent as it is now, though it leaves later.
      const own = structuredClone(frame, { transfer: [...handedOver] });
      unsaid.push({ frame: own, handedOver: [] });
    },
    close() {
      if (isOver) return;
      put({ frame: 'end' });
      finish();
    },
  };
}
