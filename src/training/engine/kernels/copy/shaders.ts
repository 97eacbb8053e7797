/** Moves, sums and products of whole buffers on WebGPU. */
import { columnParts, columnSumsOf } from '../webgpu/columns.ts';
import { each, type Shaders } from '../webgpu/shader.ts';

export const copyShaders = {
  addInto: {
    parameters: ['a', 'b', 'count'],
    places: ['a', 'b'],
    passes: [each('add into', ['count'], 'heap[p.a + i] += heap[p.b + i];')],
  },
  multiply: {
    parameters: ['a', 'b', 'count'],
    places: ['a', 'b'],
    passes: [each('multiply', ['count'], 'heap[p.a + i] *= heap[p.b + i];')],
  },
  scale: {
    parameters: ['a', 'factor', 'count'],
    places: ['a'],
    floats: ['factor'],
    passes: [each('scale', ['count'], 'heap[p.a + i] *= p.factor;')],
  },
  clear: {
    parameters: ['at', 'count'],
    places: ['at'],
    passes: [each('clear', ['count'], 'heap[p.at + i] = 0.0;')],
  },
  /** With what merge.ts puts on top: another addend, a bias, or a second place. */
  copy: {
    parameters: ['source', 'to', 'count'],
    places: ['source', 'to'],
    derived: ['also', 'plus', 'bias', 'columns'],
    derive: () => ({ also: 0, plus: 0, bias: 0, columns: 1 }),
    passes: [
      each(
        'copy',
        ['count'],
        `var x = heap[p.source + i];
    if (p.plus != 0) { x += heap[p.plus + i]; }
    if (p.bias != 0) { x += heap[p.bias + i % p.columns]; }
    heap[p.to + i] = x;
    if (p.also != 0) { heap[p.also + i] = x; }`,
      ),
    ],
  },
  /** Several at once where their places are equal steps apart (merge.ts). */
  copyRows: {
    parameters: ['source', 'rowsFrom', 'to', 'rowsTo', 'rows', 'columns', 'accumulate'],
    places: ['source', 'to'],
    writes: ['to'],
    derived: ['times', 'sourceStep', 'toStep'],
    derive: () => ({ times: 1, sourceStep: 0, toStep: 0 }),
    passes: [
      each(
        'copy rows',
        ['times', 'rows', 'columns'],
        `let line = i / p.columns;
    let column = i - line * p.columns;
    let time = line / p.rows;
    let row = line - time * p.rows;
    var x = heap[p.source + time * p.sourceStep + row * p.rowsFrom + column];
    let to = time * p.toStep + row * p.rowsTo + column;
    if (p.accumulate != 0) { x += heap[p.to + to]; }
    heap[p.to + to] = x;`,
      ),
    ],
  },
  swapOuter: {
    parameters: ['source', 'to', 'outer', 'inner', 'columns', 'accumulate'],
    places: ['source', 'to'],
    passes: [
      each(
        'swap outer',
        ['inner', 'outer', 'columns'],
        `let line = i / p.columns;
    let column = i - line * p.columns;
    let inner = line / p.outer;
    let outer = line - inner * p.outer;
    var x = heap[p.source + (outer * p.inner + inner) * p.columns + column];
    if (p.accumulate != 0) { x += heap[p.to + i]; }
    heap[p.to + i] = x;`,
      ),
    ],
  },
  columnSums: {
    parameters: ['values', 'rows', 'columns', 'sums'],
    places: ['values', 'sums'],
    ...columnParts,
    passes: columnSumsOf(
      'column sums',
      `fn summed(row: i32, column: i32) -> vec2f {
  return vec2f(heap[p.values + row * p.columns + column], 0.0);
}
fn finish(column: i32, sums: vec2f) { heap[p.sums + column] = sums.x; }`,
    ),
  },
} satisfies Shaders;
