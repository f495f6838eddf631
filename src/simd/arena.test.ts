// The allocator: blocks never overlap, are zeroed, and gaps are used again.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createArena } from './arena.ts';

const open = () => createArena(new WebAssembly.Memory({ initial: 1 }), 100);

test('blocks are aligned, behind the base, zeroed and apart, whatever is allocated and freed', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 1, max: 100_000 }), fc.boolean(), fc.nat())),
      (steps) => {
        const arena = open();
        const live = new Map<number, { numBytes: number; mark: number }>();
        steps.forEach(([numBytes, frees, which], step) => {
          if (frees && live.size > 0) {
            const address = [...live.keys()][which % live.size]!;
            arena.free(address);
            live.delete(address);
          } else {
            const address = arena.allocate(numBytes);
            const bytes = new Uint8Array(arena.memory.buffer, address, numBytes);
            expect(address % 64).toBe(0);
            expect(address).toBeGreaterThanOrEqual(100);
            expect(bytes.every((byte) => byte === 0)).toBe(true);
            const mark = 1 + (step % 255);
            bytes.fill(mark);
            live.set(address, { numBytes, mark });
          }
          for (const [address, { numBytes, mark }] of live) {
            const bytes = new Uint8Array(arena.memory.buffer, address, numBytes);
            expect(bytes.every((byte) => byte === mark)).toBe(true);
          }
          expect(arena.usage().numBlocks).toBe(live.size);
        });
      },
    ),
    { numRuns: 20 },
  );
});

test('a gap is used again before the memory grows', () => {
  const arena = open();
  const first = arena.allocate(10_000);
  arena.allocate(10_000);
  const pages = arena.memory.buffer.byteLength;
  arena.free(first);
  expect(arena.allocate(9_000)).toBe(first);
  expect(arena.memory.buffer.byteLength).toBe(pages);
  expect(() => arena.free(12_345)).toThrow(RangeError);
});
