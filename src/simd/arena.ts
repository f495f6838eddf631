// Blocks of a WASM memory. There are few and they are large (a shard, a model's working memory), so a
// list in order of address and the first gap that fits will do. The memory only ever grows, and
// growing detaches every view of it: views are taken anew after each allocation.

/** Cache lines, so that a row of a weight panel is one. */
const ALIGNMENT_BYTES = 64;
const PAGE_BYTES = 65_536; // WebAssembly's

interface Block {
  readonly address: number;
  readonly numBytes: number;
}

export interface Arena {
  readonly memory: WebAssembly.Memory;
  /** A block of zeros → its address. @throws RangeError when the memory cannot grow so far. */
  allocate(numBytes: number): number;
  /** Gives a block back. @throws RangeError when there is none at `address`. */
  free(address: number): void;
  usage(): { readonly numBlocks: number; readonly numBytes: number };
}

/** Manages everything from `base` on. */
export function createArena(memory: WebAssembly.Memory, base: number): Arena {
  const blocks: Block[] = [];

  return {
    memory,
    allocate(asked) {
      const numBytes = aligned(asked);
      let address = aligned(base);
      let at = 0;
      for (; at < blocks.length && blocks[at]!.address - address < numBytes; at++) {
        address = blocks[at]!.address + blocks[at]!.numBytes;
      }
      const missing = address + numBytes - memory.buffer.byteLength;
      if (missing > 0) memory.grow(Math.ceil(missing / PAGE_BYTES));
      new Uint8Array(memory.buffer, address, numBytes).fill(0);
      blocks.splice(at, 0, { address, numBytes });
      return address;
    },
    free(address) {
      const at = blocks.findIndex((block) => block.address === address);
      if (at < 0) throw new RangeError(`there is no block at ${address}`);
      blocks.splice(at, 1);
    },
    usage: () => ({
      numBlocks: blocks.length,
      numBytes: blocks.reduce((sum, { numBytes }) => sum + numBytes, 0),
    }),
  };
}

function aligned(numBytes: number): number {
  return Math.ceil(numBytes / ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
}
