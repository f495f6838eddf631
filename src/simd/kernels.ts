// The compiled training step (src/simd/assembly) as the host sees it. Addresses are bytes in the
// module's memory; they are not checked there, so the callers of this folder check what they pass.

export interface Kernels {
  readonly memory: WebAssembly.Memory;
  /** First byte behind the module's own data. */
  heapBase(): number;
  /** Trains on positions [from, to) of the plan's order, in batches from `from`. */
  train(plan: number, from: number, to: number): void;
  /** Adds up the gradients of positions [from, to), which belong to a batch of `numInBatch`. */
  trainPieces(plan: number, from: number, to: number, numInBatch: number): void;
  /** Moves the weights by what the pieces of a batch have added up to. */
  endBatch(plan: number): void;
  /** Scores positions [from, to) of the plan's order. */
  evaluate(plan: number, from: number, to: number): void;
  /** Copies a layer from the flat layout to its panels (1), or back (0). */
  copyWeights(
    flat: number,
    numInputs: number,
    numUnits: number,
    weights: number,
    rows: number,
    toPanels: 0 | 1,
  ): void;
}

/** An instance with a memory of its own. */
export async function instantiateKernels(module: WebAssembly.Module): Promise<Kernels> {
  const { exports } = await WebAssembly.instantiate(module, {});
  return exports as unknown as Kernels;
}
