// The page's connection to the server. It watches the server's view, sends commands and matches answers.
// When the server is gone (the tab it lived in crashed) or does not answer, the link opens a connection
// to a new one and says so, so that hosted clients are connected to it as well.
import { CodedError } from '../../core/errors/coded-error.ts';
import * as v from 'valibot';
import {
  serverToDashboardSchema,
  type DashboardMessage,
} from '../../core/protocol/dashboard-messages.ts';
import {
  dashboardResultSchemas,
  type DashboardResults,
} from '../../core/protocol/dashboard-results.ts';
import type { Connection, Connector } from '../../core/protocol/connection.ts';
import { PROTOCOL_VERSION } from '../../core/protocol/schema.ts';
import type { ServerView, TrialView } from '../../core/protocol/view.ts';
import { refusalSentence } from '../../words.ts';

type Command = DashboardMessage extends infer Message
  ? Message extends unknown
    ? Omit<Message, 'requestId'>
    : never
  : never;

/** The server's refusal of a command, with its code. */
class Refused extends CodedError<string> {
  override readonly name = 'Refused';
}

export interface ServerLink {
  request<Type extends Command['type']>(
    command: Extract<Command, { type: Type }>,
  ): Promise<DashboardResults[Type]>;
}

export interface LinkEnvironment {
  /** A way to the server, which is started when there is none. */
  readonly openConnector: () => Connector;
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

export function connectToServer(environment: LinkEnvironment): ServerLink {
  const pending = new Map<
    number,
    { resolve: (result: unknown) => void; reject: (error: Error) => void }
  >();
  let nextRequestId = 0;
  let connector: Connector;
  let connection: Connection;
  open();

  function open(): void {
    connector = environment.openConnector();
    const opened = connector.connect({ onMessage: receive, onGone: reconnect });
    connection = opened;
    request({
      type: 'watch',
      protocolVersion: PROTOCOL_VERSION,
      viewIntervalMs: environment.viewIntervalMs(),
    }).then(
      () => environment.onConnected(),
      (error: unknown) => {
        if (connection !== opened) return; // replaced meanwhile
        if (error instanceof Refused && error.code === 'wrong-version') environment.onOutdated();
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
    connector.close();
    open();
    environment.onLost();
  }

  function receive(data: unknown): void {
    const parsed = v.safeParse(serverToDashboardSchema, data);
    if (!parsed.success) return;
    const message = parsed.output;
    if (message.type === 'view') {
      return environment.onView(message.slices, message.changedTrials ?? []);
    }
    const waiting = pending.get(message.requestId);
    pending.delete(message.requestId);
    if (message.outcome.ok) waiting?.resolve(message.outcome.result);
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
          const read = v.safeParse(dashboardResultSchemas[command.type], result);
          if (read.success) resolve(read.output as DashboardResults[Type]);
          else reject(new Refused('malformed', 'The server’s answer could not be read.'));
        },
        reject: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      });
      connection.send({ ...command, requestId });
    });
  }

  return { request };
}
