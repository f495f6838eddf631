// The shape of a run's training: what it is called, and how much of it a calibration does.
import { describe, expect, it } from 'vitest';
import { denseModel } from '../model/model-spec.ts';
import {
  calibrationSize,
  shapeInWords,
  shapeKey,
  timesTheWork,
  type TrainingShape,
} from './training-shape.ts';

/** 784 · 128 + 128 + 128 · 10 + 10 = 101,770 parameters. */
const shape: TrainingShape = { model: denseModel(128, 1), batchSize: 16, optimizer: 'sgd' };

it.each<[string, Partial<TrainingShape>]>([
  ['units', { model: denseModel(129, 1) }],
  ['layers', { model: denseModel(128, 2) }],
  ['batch size', { batchSize: 17 }],
  ['optimizer', { optimizer: 'adam' }],
])('another number of %s is another shape', (_what, change) => {
  expect(shapeKey({ ...shape, ...change })).not.toBe(shapeKey(shape));
  expect(shapeInWords({ ...shape, ...change })).not.toBe(shapeInWords(shape));
});

it('says what it is in few words', () => {
  expect(shapeInWords(shape)).toBe('128 units, batch 16, sgd');
  expect(shapeInWords({ ...shape, model: denseModel(200, 2) })).toBe(
    '200-200 units, batch 16, sgd',
  );
});

it('compares the work of two shapes in either order', () => {
  const other = { ...shape, batchSize: 64 };
  expect(timesTheWork(shape, shape)).toBe(1);
  expect(timesTheWork(shape, other)).toBe(4);
  expect(timesTheWork(other, shape)).toBe(4);
  // 784 · 256 + 256 + 256 · 10 + 10
  expect(timesTheWork(shape, { ...shape, model: denseModel(256, 1) })).toBe(203_530 / 101_770);
});

describe('a calibration', () => {
  it.each([
    [10, { numRows: 10, numBatches: 25 }],
    [16, { numRows: 16, numBatches: 16 }],
    [300, { numRows: 300, numBatches: 1 }],
    [60_000, { numRows: 1024, numBatches: 1 }],
  ])('of the default model with batches of %i', (batchSize, expected) => {
    expect(calibrationSize({ ...shape, batchSize })).toEqual(expected);
  });

  it('of the largest model takes as many rows as can be multiplied in a moment', () => {
    const model = denseModel(1024, 4); // 3,962,890 parameters: 33.9 rows are 2^27 multiplications
    expect(calibrationSize({ ...shape, model, batchSize: 60_000 })).toEqual({
      ...{ numRows: 33, numBatches: 1 },
    });
    expect(calibrationSize({ ...shape, model })).toEqual({ numRows: 16, numBatches: 2 });
  });
});
