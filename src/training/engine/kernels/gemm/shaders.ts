/** Products of two matrices on WebGPU, each by its own strides. */
import type { Shaders } from '../webgpu/shader.ts';
import { partsOf, spareOfParts, tiledProduct, tileParts } from './tiled.ts';

export const gemmShaders = {
  gemm: {
    parameters: [
      ...['a', 'rowsA', 'columnsA', 'b', 'rowsB', 'columnsB', 'c', 'rowsC'],
      ...['m', 'n', 'k', 'accumulate'],
    ],
    places: ['a', 'b', 'c'],
    derived: tileParts,
    derive: partsOf,
    spare: spareOfParts,
    hasEnding: true,
    passes: tiledProduct({
      name: 'gemm',
      code: `
fn left(row: i32, k: i32) -> f32 { return heap[p.a + row * p.rowsA + k * p.columnsA]; }
fn right(k: i32, column: i32) -> f32 { return heap[p.b + k * p.rowsB + column * p.columnsB]; }`,
      isLeftByRows: 'p.rowsA == 1',
      isRightByColumns: 'p.columnsB == 1',
    }),
  },
} satisfies Shaders;
