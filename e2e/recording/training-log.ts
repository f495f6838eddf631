// What a client worker trained, and when the server's orders reached it. `recordTraining` runs inside
// the client workers of a changed build and refers to nothing but globals; the log is handed over as
// other records are (recorded-app.ts).

export type LogEntry =
  | { readonly what: 'order'; readonly type: string; readonly attempt: number }
  /** One call of the SIMD step. */
  | { readonly what: 'slice'; readonly numExamples: number };

export function recordTraining(): void {
  const log: LogEntry[] = [];
  self.addEventListener('message', ({ data }: MessageEvent<{ endpoint?: MessagePort }>) => {
    data.endpoint?.addEventListener('message', ({ data: frame }: MessageEvent) => {
      const { message } = frame as { message?: { type: string; attempt?: number } };
      if (message === undefined) return; // a frame that is about channels
      log.push({ what: 'order', type: message.type, attempt: message.attempt ?? 0 });
    });
  });
  type Train = (plan: number, from: number, to: number) => void;
  const { instantiate } = WebAssembly;
  const recording = async (...args: unknown[]) => {
    const result: unknown = await Reflect.apply(instantiate, WebAssembly, args);
    const exports = (result as { exports?: Record<string, unknown> }).exports;
    if (exports?.['copyWeights'] === undefined) return result; // another module
    const train: Train = (plan, from, to) => {
      log.push({ what: 'slice', numExamples: to - from });
      (exports['train'] as Train)(plan, from, to);
    };
    return { exports: { ...exports, train } };
  };
  Object.assign(WebAssembly, { instantiate: recording });
  const channel = new BroadcastChannel('recorded-client');
  channel.onmessage = ({ data }) => {
    if (data === 'hand over') channel.postMessage(log);
  };
}
