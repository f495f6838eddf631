// A turn of the event loop in the middle of long work, so that a stop, a message or a heartbeat gets
// through. A MessageChannel gives it: timers are clamped to 4 ms and, on a page, throttled when hidden.

/** Resolves after the tasks that are waiting now. */
export function eventLoopTurn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
