/** Batch norm and layer norm over the last dimension, [rows, columns], on WebGPU: as norm/assembly.ts has them. */
import { columnParts, columnSumsOf } from '../webgpu/columns.ts';
import { each, lineCode, lineGroups, type Pass, type Shaders } from '../webgpu/shader.ts';

const threads = 64;

/** A row a workgroup; `row` and `at`, where it begins, are given. */
function rowPass(name: string, body: string): Pass {
  return {
    name,
    code: `
@compute @workgroup_size(${threads})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) index: u32) {
  let row = ${lineCode};
  if (row >= p.rows) { return; }
  let at = row * p.columns;
  let first = i32(index);
  ${body}
}
`,
    reduction: { lanes: threads, of: 'vec2f' },
    workgroups: ({ rows = 0 }) => lineGroups(rows),
  };
}

const columnsOf = (body: string) =>
  `for (var k = first; k < p.columns; k += ${threads}) {\n    ${body}\n  }`;

/** ∂γ = Σ g x̂ and ∂β = Σ g. @param index of a row's, or a column's, mean and spread */
const parameterGradients = (index: 'row' | 'column') => `
fn summed(row: i32, column: i32) -> vec2f {
  let at = row * p.columns + column;
  let g = heap[p.gradient + at];
  return vec2f(g * (heap[p.x + at] - heap[p.centre + ${index}]) * heap[p.spread + ${index}], g);
}
fn finish(column: i32, sums: vec2f) {
  heap[p.gammaGradient + column] = sums.x;
  heap[p.betaGradient + column] = sums.y;
}`;

const gradient = {
  parameters: [
    ...['x', 'gamma', 'centre', 'spread', 'gradient', 'gammaGradient', 'betaGradient'],
    ...['inputGradient', 'rows', 'columns', 'accumulate'],
  ],
  places: [
    ...['x', 'gamma', 'centre', 'spread', 'gradient', 'gammaGradient', 'betaGradient'],
    'inputGradient',
  ],
  ...columnParts,
};

const hasInput = ({ inputGradient = 0 }: Readonly<Record<string, number>>) => inputGradient !== 0;

export const normShaders = {
  batchNorm: {
    parameters: [
      ...['x', 'gamma', 'beta', 'movingMean', 'movingVariance', 'y', 'centre', 'spread'],
      ...['rows', 'columns', 'epsilon', 'momentum'],
    ],
    places: ['x', 'gamma', 'beta', 'movingMean', 'movingVariance', 'y', 'centre', 'spread'],
    floats: ['epsilon', 'momentum'],
    ...columnParts,
    passes: [
      ...columnSumsOf(
        'batch norm, moments',
        // Shifted by the first row: squares of numbers far from 0 would cancel (Chan, Golub and LeVeque 1983).
        `fn summed(row: i32, column: i32) -> vec2f {
  let off = heap[p.x + row * p.columns + column] - heap[p.x + column];
  return vec2f(off, off * off);
}
fn finish(column: i32, sums: vec2f) {
  if (p.rows == 0) { return; }
  let shift = sums.x / f32(p.rows);
  let mean = heap[p.x + column] + shift;
  let variance = max(0.0, sums.y / f32(p.rows) - shift * shift);
  heap[p.centre + column] = mean;
  heap[p.spread + column] = 1.0 / sqrt(variance + p.epsilon);
  let fresh = 1.0 - p.momentum;
  heap[p.movingMean + column] = p.momentum * heap[p.movingMean + column] + fresh * mean;
  heap[p.movingVariance + column] = p.momentum * heap[p.movingVariance + column] + fresh * variance;
}`,
      ),
      each(
        'batch norm',
        ['rows', 'columns'],
        `let column = i % p.columns;
    let unit = (heap[p.x + i] - heap[p.centre + column]) * heap[p.spread + column];
    heap[p.y + i] = unit * heap[p.gamma + column] + heap[p.beta + column];`,
      ),
    ],
  },
  batchNormFixed: {
    parameters: [
      ...['x', 'gamma', 'beta', 'movingMean', 'movingVariance', 'y', 'spread'],
      ...['rows', 'columns', 'epsilon'],
    ],
    places: ['x', 'gamma', 'beta', 'movingMean', 'movingVariance', 'y', 'spread'],
    floats: ['epsilon'],
    passes: [
      each(
        'batch norm, fixed',
        ['rows', 'columns'],
        `let column = i % p.columns;
    let spread = 1.0 / sqrt(heap[p.movingVariance + column] + p.epsilon);
    let unit = (heap[p.x + i] - heap[p.movingMean + column]) * spread;
    heap[p.y + i] = unit * heap[p.gamma + column] + heap[p.beta + column];`,
      ),
    ],
  },
  batchNormGradient: {
    ...gradient,
    passes: [
      ...columnSumsOf('batch norm, parameter gradients', parameterGradients('column')),
      {
        ...each(
          'batch norm, input gradient',
          ['rows', 'columns'],
          `let column = i % p.columns;
    let share = 1.0 / f32(p.rows);
    let spread = heap[p.spread + column];
    let off = heap[p.x + i] - heap[p.centre + column];
    let rise = heap[p.gradient + i] - heap[p.betaGradient + column] * share;
    let tilt = heap[p.gammaGradient + column] * share * spread;
    var slope = (rise - off * tilt) * spread * heap[p.gamma + column];
    if (p.accumulate != 0) { slope += heap[p.inputGradient + i]; }
    heap[p.inputGradient + i] = slope;`,
        ),
        isNeeded: hasInput,
      },
    ],
  },
  layerNorm: {
    parameters: [...['x', 'gamma', 'beta', 'y', 'centre', 'spread', 'rows', 'columns', 'epsilon']],
    places: ['x', 'gamma', 'beta', 'y', 'centre', 'spread'],
    floats: ['epsilon'],
    passes: [
      rowPass(
        'layer norm',
        `var sum = vec2f();
  ${columnsOf('sum.x += heap[p.x + at + k];')}
  let mean = total(sum, index).x / f32(p.columns);
  sum = vec2f();
  ${columnsOf('let off = heap[p.x + at + k] - mean; sum.x += off * off;')}
  let spread = 1.0 / sqrt(total(sum, index).x / f32(p.columns) + p.epsilon);
  ${columnsOf(`let unit = (heap[p.x + at + k] - mean) * spread;
    heap[p.y + at + k] = unit * heap[p.gamma + k] + heap[p.beta + k];`)}
  if (index == 0) {
    heap[p.centre + row] = mean;
    heap[p.spread + row] = spread;
  }`,
      ),
    ],
  },
  layerNormGradient: {
    ...gradient,
    passes: [
      ...columnSumsOf('layer norm, parameter gradients', parameterGradients('row')),
      {
        ...rowPass(
          'layer norm, input gradient',
          `let mean = heap[p.centre + row];
  let spread = heap[p.spread + row];
  var sum = vec2f();
  ${columnsOf(`let scaled = heap[p.gradient + at + k] * heap[p.gamma + k];
    sum += scaled * vec2f(1.0, (heap[p.x + at + k] - mean) * spread);`)}
  let means = total(sum, index) / f32(p.columns);
  ${columnsOf(`let scaled = heap[p.gradient + at + k] * heap[p.gamma + k];
    let unit = (heap[p.x + at + k] - mean) * spread;
    var slope = (scaled - means.x - unit * means.y) * spread;
    if (p.accumulate != 0) { slope += heap[p.inputGradient + at + k]; }
    heap[p.inputGradient + at + k] = slope;`)}`,
        ),
        isNeeded: hasInput,
      },
    ],
  },
} satisfies Shaders;
