// The first layer for images that are mostly black (81 % of MNIST's pixels): products with zero are
// left out, which changes no bit of the sums of dense-layer.ts while weights are finite. Pixels of a
// batch become lists of (row, value); for the gradient they are sorted by row, and rows by their
// number of entries, so that the innermost loop's length seldom changes (a mispredicted branch costs
// as much as two entries).
import { SGD, update } from './optimizers';
import { Layer, Plan, ROW_BYTES } from './plan';

const ENTRY_BYTES: i32 = 8;

@inline
function exampleAt(plan: Plan, index: i32): i32 {
  return plan.order === 0 ? index : load<i32>(plan.order + index * 4);
}

/** Lists the lit pixels, and the bias, of the examples at `first` … of the order. */
export function listPixels(plan: Plan, layer: Layer, first: i32, numExamples: i32): void {
  const biasRow = layer.rows - 2;
  memory.fill(plan.rowCounts, 0, layer.rows * 4);
  for (let example = 0; example < numExamples; example++) {
    const image = plan.images + exampleAt(plan, first + example) * plan.imageStride;
    const list = plan.lists + example * plan.listStride;
    let at = list;
    for (let pixel = 0; pixel < plan.imageStride; pixel += 16) {
      let lit = i8x16.bitmask(i8x16.ne(v128.load(image + pixel), i8x16.splat(0)));
      while (lit !== 0) {
        const row = pixel + ctz(lit);
        lit &= lit - 1;
        at = append(plan, at, row, load<f32>(plan.scaledBytes + load<u8>(image + row) * 4));
      }
    }
    at = append(plan, at, biasRow, 1);
    store<u32>(plan.listBytes + example * 4, u32(at - list));
    // A list is read two entries at a time: one more, in case it is odd. It names the row of zeros, so
    // that its value, left over from another list, does not matter.
    store<u32>(at, (biasRow + 1) * ROW_BYTES);
  }
}

@inline
function append(plan: Plan, at: usize, row: i32, value: f32): usize {
  store<u32>(at, row * ROW_BYTES);
  store<f32>(at, value, 4);
  const count = plan.rowCounts + row * 4;
  store<u32>(count, load<u32>(count) + 1);
  return at + ENTRY_BYTES;
}

/** The examples' pixels as rows of numbers, for the dense kernels. */
export function scalePixels(plan: Plan, layer: Layer, first: i32, numExamples: i32): void {
  for (let example = 0; example < numExamples; example++) {
    const image = plan.images + exampleAt(plan, first + example) * plan.imageStride;
    const row = layer.inputs + example * layer.inputStride;
    for (let pixel = 0; pixel < plan.imageStride; pixel++) {
      store<f32>(row + pixel * 4, load<f32>(plan.scaledBytes + load<u8>(image + pixel) * 4));
    }
  }
}

/** outputs = pixels × weights, from the lists. */
export function multiplyLists(plan: Plan, layer: Layer, numExamples: i32): void {
  for (let panel = 0; panel < layer.panels; panel++) {
    const weights = layer.weights + panel * layer.rows * ROW_BYTES;
    for (let example = 0; example < numExamples; example++) {
      let at = plan.lists + example * plan.listStride;
      const end = at + load<u32>(plan.listBytes + example * 4);
      let s0 = f32x4.splat(0);
      let s1 = s0;
      let s2 = s0;
      let s3 = s0;
      for (; at < end; at += 2 * ENTRY_BYTES) {
        const u = weights + load<u32>(at);
        const x = v128.load32_splat(at, 4);
        const v = weights + load<u32>(at, 8);
        const y = v128.load32_splat(at, 12);
        s0 = f32x4.add(f32x4.add(s0, f32x4.mul(x, v128.load(u))), f32x4.mul(y, v128.load(v)));
        s1 = f32x4.add(
          f32x4.add(s1, f32x4.mul(x, v128.load(u, 16))),
          f32x4.mul(y, v128.load(v, 16)),
        );
        s2 = f32x4.add(
          f32x4.add(s2, f32x4.mul(x, v128.load(u, 32))),
          f32x4.mul(y, v128.load(v, 32)),
        );
        s3 = f32x4.add(
          f32x4.add(s3, f32x4.mul(x, v128.load(u, 48))),
          f32x4.mul(y, v128.load(v, 48)),
        );
      }
      const outputs = layer.outputs + panel * ROW_BYTES + example * layer.outputStride;
      v128.store(outputs, s0);
      v128.store(outputs, s1, 16);
      v128.store(outputs, s2, 32);
      v128.store(outputs, s3, 48);
    }
  }
}

/** Turns the lists into one list a row, rows in the order of their number of entries. */
export function sortByRow(plan: Plan, layer: Layer, numExamples: i32): void {
  const rows = layer.rows;
  const places = plan.countPlaces;
  memory.fill(places, 0, (numExamples + 1) * 4);
  for (let row = 0; row < rows; row++) {
    const place = places + load<u32>(plan.rowCounts + row * 4) * 4;
    store<u32>(place, load<u32>(place) + 1);
  }
  let before: u32 = 0;
  for (let count = 0; count <= numExamples; count++) {
    const here = load<u32>(places + count * 4);
    store<u32>(places + count * 4, before);
    before += here;
  }
  for (let row = 0; row < rows; row++) {
    const place = places + load<u32>(plan.rowCounts + row * 4) * 4;
    const at = load<u32>(place);
    store<u32>(place, at + 1);
    store<u32>(plan.rowOrder + at * 4, row);
  }
  let cursor = plan.columns;
  for (let at = 0; at < rows; at++) {
    const row = load<u32>(plan.rowOrder + at * 4);
    store<u32>(plan.rowCursors + row * 4, u32(cursor));
    cursor += load<u32>(plan.rowCounts + row * 4) * ENTRY_BYTES;
  }
  for (let example = 0; example < numExamples; example++) {
    let at = plan.lists + example * plan.listStride;
    const end = at + load<u32>(plan.listBytes + example * 4);
    for (; at < end; at += ENTRY_BYTES) {
      const place = plan.rowCursors + (load<u32>(at) / ROW_BYTES) * 4;
      const entry = load<u32>(place);
      store<u32>(place, entry + ENTRY_BYTES);
      store<u32>(entry, example * layer.outputStride);
      store<u32>(entry, load<u32>(at, 4), 4);
    }
  }
}

/**
 * As `descend` of dense-layer.ts. A row without entries has gradient 0: SGD leaves it as it is, the
 * others too while its moments are zero.
 */
export function descendLists(plan: Plan, layer: Layer): void {
  overRows(plan, layer, false);
}

/** As `accumulate` of dense-layer.ts. */
export function accumulateLists(plan: Plan, layer: Layer): void {
  overRows(plan, layer, true);
}

@inline
function overRows(plan: Plan, layer: Layer, isPiece: bool): void {
  const rows = layer.rows;
  // Without entries there is nothing to do but to let moments decay, which no piece does.
  const skipsEmpty = isPiece || plan.optimizer === SGD;
  for (let at = 0; at < rows; at++) {
    const row = load<u32>(plan.rowOrder + at * 4);
    if (load<u32>(plan.rowCounts + row * 4) !== 0) store<u32>(plan.touched + row * 4, 1);
  }
  for (let panel = 0; panel < layer.panels; panel++) {
    const weights = layer.weights + panel * rows * ROW_BYTES;
    const deltas = layer.deltas + panel * ROW_BYTES;
    let entry = plan.columns;
    for (let at = 0; at < rows; at++) {
      const row = load<u32>(plan.rowOrder + at * 4);
      const count = load<u32>(plan.rowCounts + row * 4);
      if (count === 0 && (skipsEmpty || load<u32>(plan.touched + row * 4) === 0)) continue;
      const end = entry + count * ENTRY_BYTES;
      const sums = weights + row * ROW_BYTES + plan.gradientOffset;
      let s0 = f32x4.splat(0);
      let s1 = s0;
      let s2 = s0;
      let s3 = s0;
      if (isPiece) {
        s0 = v128.load(sums);
        s1 = v128.load(sums, 16);
        s2 = v128.load(sums, 32);
        s3 = v128.load(sums, 48);
      }
      for (; entry < end; entry += ENTRY_BYTES) {
        const delta = deltas + load<u32>(entry);
        const x = v128.load32_splat(entry, 4);
        s0 = f32x4.add(s0, f32x4.mul(x, v128.load(delta)));
        s1 = f32x4.add(s1, f32x4.mul(x, v128.load(delta, 16)));
        s2 = f32x4.add(s2, f32x4.mul(x, v128.load(delta, 32)));
        s3 = f32x4.add(s3, f32x4.mul(x, v128.load(delta, 48)));
      }
      if (isPiece) {
        v128.store(sums, s0);
        v128.store(sums, s1, 16);
        v128.store(sums, s2, 32);
        v128.store(sums, s3, 48);
      } else {
        update(weights + row * ROW_BYTES, s0, s1, s2, s3);
      }
    }
  }
}
