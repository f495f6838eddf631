// Rounding as numpy and Python do it: halves go to the even neighbour (IEEE 754 roundTiesToEven).
// Math.round sends them up, which would shift every second grid point of a sampler.

export function roundHalfEven(x: number): number {
  const rounded = Math.round(x);
  return rounded - x === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}
