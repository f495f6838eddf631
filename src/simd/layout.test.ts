// Every room of a layout is inside the block, aligned, and large enough for what the kernels put there.
import { expect, test } from 'vitest';
import { layOutNetwork, pieceSizeOf } from './layout.ts';

test.each([
  [[784, 128, 10], 16, 'adam'],
  [[784, 10], 1, 'sgd'],
  [[50, 17, 15, 33, 10], 101, 'momentum'],
  [[784, 128, 10], 60_000, 'adam'],
  [[784, 1024, 1024, 1024, 1024, 10], 32, 'sgd'],
] as const)('%j with batches of %i and %s', (widths, batchCapacity, optimizer) => {
  const base = 6400;
  const layout = layOutNetwork({ model: { widths }, batchCapacity, optimizer }, base);
  const pieceSize = pieceSizeOf({ widths });
  const batch = Math.max(Math.min(batchCapacity, pieceSize), 64);
  const pixels = Math.ceil(widths[0] / 16) * 16;
  const starts: [string, number, number][] = [
    ['plan', layout.plan, 5 * 8 + 24 * 4],
    ['lists', layout.lists, batch * layout.listStride],
    ['columns', layout.columns, batch * 8 * (pixels + 1)],
    ['countPlaces', layout.countPlaces, 4 * (batch + 1)],
    ['touched', layout.touched, 4 * (pixels + 2)],
    ['confusion', layout.confusion, 400],
  ];
  expect(layout.listStride).toBeGreaterThanOrEqual(8 * (pixels + 2)); // bias and a spare entry
  layout.layers.forEach((layer, index) => {
    expect(layer.panels * 16).toBeGreaterThanOrEqual(widths[index + 1]!);
    expect(layer.rows).toBeGreaterThanOrEqual(widths[index]! + 2);
    expect(layer.rows % 2).toBe(0);
    expect(layer.inputStride).toBeGreaterThanOrEqual(4 * layer.rows);
    const states = { sgd: 1, momentum: 2, adam: 3 }[optimizer] + Number(batchCapacity > pieceSize);
    const weightBytes = layer.rows * layer.panels * 64;
    for (let state = 0; state < states; state++) {
      starts.push([`weights ${index}`, layer.weights + state * layout.stateBytes, weightBytes]);
    }
    if (index > 0)
      starts.push(['transposed', layer.transposed, (layer.rows - 2) * layer.panels * 64]);
    else starts.push(['pixels', layer.inputs, (batch + (batch % 2)) * layer.inputStride]);
    for (const at of [layer.outputs, layer.deltas]) {
      starts.push([`outputs ${index}`, at, (batch + (batch % 2)) * layer.outputStride]);
    }
  });
  starts.sort(([, a], [, b]) => a - b);
  starts.forEach(([name, start, numBytes], at) => {
    expect([name, start % 64]).toEqual([name, 0]);
    const next = starts[at + 1]?.[1] ?? base + layout.numBytes;
    expect([name, start + numBytes <= next]).toEqual([name, true]);
  });
  expect(starts[0]![1]).toBeGreaterThanOrEqual(base);
  expect(layOutNetwork({ model: { widths }, batchCapacity, optimizer }, 0).numBytes).toBe(
    layout.numBytes,
  );
});

test('a piece is never more than 256 examples, and fewer of a large model', () => {
  expect(pieceSizeOf({ widths: [784, 128, 10] })).toBe(256);
  expect(pieceSizeOf({ widths: [784, 1024, 1024, 1024, 1024, 10] })).toBe(8);
});
