// Does something to one client at an exact moment of a round: stops it dead, so that its tab can be
// killed there, or takes its WebGL context away. The phases themselves are over in milliseconds, so a
// test that only watched could not meet them. `injectInterventions` runs inside the client workers of
// a changed build and refers to nothing but globals; `intervene` gives it its order from a page.
import type { Page } from '@playwright/test';

/**
 * `training`: progress was reported. `encrypting`: SEAL asks for random bytes. `sending`: the update
 * is about to be posted. `decrypting`: the sum is here. `evaluating`: the answer is about to be posted.
 */
export type Moment = 'training' | 'encrypting' | 'sending' | 'decrypting' | 'evaluating';

export interface Order {
  readonly clientId: string;
  readonly moment: Moment;
  readonly round: number;
  readonly action: 'stop' | 'lose-context' | 'none';
}

/**
 * Orders a client and waits until it has heard. The returned function waits until the moment has come
 * and, with 'stop', leaves the worker standing there for the next minute.
 */
export async function intervene(page: Page, order: Order): Promise<() => Promise<void>> {
  await page.evaluate(
    (order) =>
      new Promise<void>((heard) => {
        const channel = new BroadcastChannel('interventions');
        const done = new Promise<void>((happened) => {
          channel.onmessage = ({ data }) => (data === 'heard' ? heard() : happened());
        });
        Object.assign(window, { interventionDone: done });
        channel.postMessage(order);
      }),
    order,
  );
  return () => page.evaluate<void>('window.interventionDone');
}

export function injectInterventions(): void {
  interface RoundMessage {
    readonly type?: string;
    readonly phase?: string;
    readonly round?: number;
    readonly clientId?: string;
  }
  /** What an endpoint carries: messages are in frames. */
  interface Frame {
    readonly message?: RoundMessage;
  }
  let clientId = '';
  let roundInTraining = -1;
  let order: Order | null = null;
  const contexts: WebGL2RenderingContext[] = [];

  const channel = new BroadcastChannel('interventions');
  channel.onmessage = ({ data }) => {
    if (data?.clientId !== clientId) return;
    order = data as Order;
    channel.postMessage('heard');
  };
  const reached = (moment: Moment, round: number | undefined): void => {
    if (order === null || order.moment !== moment || order.round !== round) return;
    const { action } = order;
    order = null;
    channel.postMessage('happened');
    if (action === 'lose-context') {
      for (const context of contexts) context.getExtension('WEBGL_lose_context')?.loseContext();
      return;
    }
    const untilMs = performance.now() + 60_000;
    while (action === 'stop' && performance.now() < untilMs);
  };

  const { postMessage } = MessagePort.prototype;
  MessagePort.prototype.postMessage = function (this: MessagePort, ...args: unknown[]) {
    const { type, phase, round, ...rest } = (args[0] as Frame | null)?.message ?? {};
    if (type === 'join') clientId = rest.clientId ?? '';
    if (type === 'update') reached('sending', round);
    if (type === 'evaluated') reached('evaluating', round);
    Reflect.apply(postMessage, this, args);
    if (type === 'progress' && phase === 'training') reached('training', round);
  };
  self.addEventListener('message', ({ data }: MessageEvent<{ endpoint?: MessagePort }>) => {
    data.endpoint?.addEventListener('message', ({ data: { message } }: MessageEvent<Frame>) => {
      if (message?.type === 'train') roundInTraining = message.round ?? -1;
      if (message?.type === 'apply') reached('decrypting', message.round);
    });
  });
  const { getRandomValues } = Crypto.prototype;
  Crypto.prototype.getRandomValues = function <View extends ArrayBufferView>(
    this: Crypto,
    view: View,
  ) {
    // SEAL has a heap of megabytes; other random bytes (a seal's nonce) have a buffer of their own.
    if (view.buffer.byteLength > 1_000_000) reached('encrypting', roundInTraining);
    return Reflect.apply(getRandomValues, this, [view]) as View;
  };
  const { getContext } = OffscreenCanvas.prototype;
  OffscreenCanvas.prototype.getContext = function (this: OffscreenCanvas, ...args: unknown[]) {
    const context: unknown = Reflect.apply(getContext, this, args);
    if (context instanceof WebGL2RenderingContext) contexts.push(context);
    return context as null;
  };
}
