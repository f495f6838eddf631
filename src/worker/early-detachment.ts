// V8 compiles code that reads typed arrays or DataViews on the assumption that no buffer with two
// views or more has been detached in this worker (its protector "ArrayBufferDetaching"). The first
// one that is, be it transferred or a WASM memory that grows, has all of that code thrown away, once
// in a worker's life. No client keeps the assumption: its trainer's memory grows while data are
// loaded, which used to fall between the warm-up and round 1 (120 ms over five clients, Chromium 156).

/** Breaks the assumption on purpose; to be called first, while nothing is compiled that could be lost. */
export function detachBufferWithTwoViews(): void {
  const buffer = new ArrayBuffer(8);
  const views = [new Uint8Array(buffer), new Uint8Array(buffer)];
  structuredClone(views, { transfer: [buffer] });
}
