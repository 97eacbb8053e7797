/** Products of two matrices on WebGPU, each by its own strides. */
import type { Shaders } from '../webgpu/shader.ts';
import { partsOf, spareOfParts, tiledProduct, tileParts } from './tiled.ts';

/** Floats from the first of so many to the last, `apart` from each other. */
const spanOf = (count: number, apart: number) => Math.max(0, count - 1) * apart;

export const gemmShaders = {
  gemm: {
    parameters: [
      ...['a', 'rowsA', 'columnsA', 'b', 'rowsB', 'columnsB', 'c', 'rowsC'],
      ...['m', 'n', 'k', 'accumulate'],
    ],
    places: ['a', 'b', 'c'],
    writes: ['c'],
    derived: tileParts,
    derive: partsOf,
    spare: spareOfParts,
    hasEnding: true,
    reads: ({
      a = 0,
      rowsA = 0,
      columnsA = 0,
      b = 0,
      rowsB = 0,
      columnsB = 0,
      m = 0,
      n = 0,
      k = 0,
    }) => [
      [a, spanOf(m, rowsA) + spanOf(k, columnsA) + 1],
      [b, spanOf(k, rowsB) + spanOf(n, columnsB) + 1],
    ],
    passes: tiledProduct({
      name: 'gemm',
      code: `
fn leftLine(row: i32) -> vec3i { return vec3i(row * p.rowsA, 0, 0); }
fn leftDeep(k: i32) -> vec3i { return vec3i(k * p.columnsA, 0, 0); }
fn leftAt(line: vec3i, deep: vec3i) -> f32 { return heap[p.a + line.x + deep.x]; }
fn rightLine(column: i32) -> vec3i { return vec3i(column * p.columnsB, 0, 0); }
fn rightDeep(k: i32) -> vec3i { return vec3i(k * p.rowsB, 0, 0); }
fn rightAt(line: vec3i, deep: vec3i) -> f32 { return heap[p.b + line.x + deep.x]; }`,
      isLeftByRows: 'p.rowsA == 1',
      isRightByColumns: 'p.columnsB == 1',
    }),
  },
} satisfies Shaders;
