// What a client worker trained, and when the server's orders reached it. `recordTraining` runs inside
// the client workers of a changed build and refers to nothing but globals; the log is handed over as
// other records are (recorded-app.ts).

export type LogEntry =
  | { readonly what: 'order'; readonly type: string; readonly attempt: number }
  /** One call of the SIMD step. */
  | { readonly what: 'slice'; readonly numExamples: number };

export function recordTraining(): void {
  const log: LogEntry[] = [];
  self.addEventListener('message', ({ data }: MessageEvent<{ port?: MessagePort }>) => {
    data.port?.addEventListener('message', ({ data: order }: MessageEvent) => {
      const { type, attempt = 0 } = order as { type: string; attempt?: number };
      log.push({ what: 'order', type, attempt });
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
