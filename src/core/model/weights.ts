// Arithmetic on whole weight vectors. The loops stand by themselves, so that they are compiled once.

/** a - b, each rounded to float32. Both have one length. */
export function difference(a: Float32Array, b: Float32Array): Float32Array<ArrayBuffer> {
  const result = new Float32Array(a.length);
  for (let i = 0; i < a.length; i++) result[i] = a[i]! - b[i]!;
  return result;
}

/** weights + by, added in float64 and rounded once: the same on every client. Both have one length. */
export function moved(weights: Float32Array, by: Float64Array): Float32Array<ArrayBuffer> {
  const result = new Float32Array(weights.length);
  for (let i = 0; i < weights.length; i++) result[i] = weights[i]! + by[i]!;
  return result;
}
