// The page's connection to the server. It starts the SharedWorker, watches the server's view, sends
// commands and matches answers. When the server dies (the tab it lived in crashed), its Web Lock is
// released: the link then starts a new server and says so, so that hosted clients get new ports.
import * as v from 'valibot';
import {
  serverToDashboardSchema,
  type DashboardMessage,
  type DashboardResults,
} from '../../core/protocol/dashboard-messages.ts';
import { PROTOCOL_VERSION, serverLockName } from '../../core/protocol/schema.ts';
import type { ServerView, TrialView } from '../../core/protocol/view.ts';
import { refusalSentence } from '../../words.ts';

type Command = DashboardMessage extends infer Message
  ? Message extends unknown
    ? Omit<Message, 'requestId'>
    : never
  : never;

/** The server's refusal of a command, with its code. */
class Refused extends Error {
  override readonly name = 'Refused';
  readonly code: string;
  constructor(code: string, text: string) {
    super(text);
    this.code = code;
  }
}

export interface ServerLink {
  request<Type extends Command['type']>(
    command: Extract<Command, { type: Type }>,
  ): Promise<DashboardResults[Type]>;
  /** A fresh connection, for a client worker to take. */
  openPort(): MessagePort;
}

export interface LinkListener {
  /** How often this page wants views at the moment, ms. */
  readonly viewIntervalMs: () => number;
  readonly onView: (slices: Partial<ServerView>, changedTrials: readonly TrialView[]) => void;
  readonly onConnected: () => void;
  /** The server is gone; a new one is being started. */
  readonly onLost: () => void;
  /** The server speaks another protocol version. */
  readonly onOutdated: () => void;
}

/** How long an answer may take before the server counts as hung, ms. */
const ANSWER_MS = 10_000;

export function connectToServer(listener: LinkListener): ServerLink {
  const pending = new Map<
    number,
    { resolve: (result: never) => void; reject: (error: Error) => void }
  >();
  const lockName = `roundtable-page-${crypto.randomUUID()}`;
  const lockHeld = new Promise<void>((held) => {
    void navigator.locks.request(lockName, () => {
      held();
      return new Promise(() => {});
    });
  });
  let nextRequestId = 0;
  let port = openPort();
  listen();

  function listen(): void {
    port.onmessage = ({ data }) => receive(data);
    // The server takes a lock that nobody holds for a page that is gone.
    const watching = lockHeld.then(() =>
      request({
        type: 'watch',
        protocolVersion: PROTOCOL_VERSION,
        lockName,
        viewIntervalMs: listener.viewIntervalMs(),
      }),
    );
    watching.then(
      ({ serverId }) => {
        listener.onConnected();
        void navigator.locks.request(serverLockName(serverId), reconnect);
      },
      (error: unknown) => {
        if (error instanceof Refused && error.code === 'wrong-version') listener.onOutdated();
        else reconnect();
      },
    );
  }

  function reconnect(): void {
    for (const { reject } of pending.values()) {
      reject(
        new Refused(
          'not-now',
          'The server stopped before it answered. It is being started again; try again in a moment.',
        ),
      );
    }
    pending.clear();
    listener.onLost();
    port.close();
    port = openPort();
    listen();
  }

  function receive(data: unknown): void {
    const parsed = v.safeParse(serverToDashboardSchema, data);
    if (!parsed.success) return;
    const message = parsed.output;
    if (message.type === 'view') {
      return listener.onView(message.slices, message.changedTrials ?? []);
    }
    const waiting = pending.get(message.requestId);
    pending.delete(message.requestId);
    if (message.outcome.ok) waiting?.resolve(message.outcome.result as never);
    else
      waiting?.reject(new Refused(message.outcome.code, refusalSentence(message.outcome.reason)));
  }

  function request<Type extends Command['type']>(
    command: Extract<Command, { type: Type }>,
  ): Promise<DashboardResults[Type]> {
    const requestId = nextRequestId++;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        pending.delete(requestId);
        reject(
          new Refused(
            'not-now',
            'The server did not answer. If this goes on, close every tab of this app and open it again.',
          ),
        );
      }, ANSWER_MS);
      pending.set(requestId, {
        resolve: (result) => {
          clearTimeout(timer);
          resolve(result);
        },
        reject: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      });
      port.postMessage({ ...command, requestId });
    });
  }

  return { request, openPort };
}

function openPort(): MessagePort {
  // `extendedLifetime` (not yet in the DOM types) carries the server over the reload of the only tab.
  // The bundler needs the URL and the options in place, as literals.
  return new SharedWorker(new URL('../../server/server.ts', import.meta.url), {
    type: 'module',
    name: 'roundtable-server',
    extendedLifetime: true,
  } as WorkerOptions).port;
}
