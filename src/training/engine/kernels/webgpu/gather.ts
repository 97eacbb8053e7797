/** Puts a batch together on the graphics processor, from data that lies there: [features | targets | row weights]. */
import { each, type Shader } from './shader.ts';

/**
 * @param x [rows, width], targets [rows, outputs], rowWeights [rows]
 * @param first of the batch's rows in `list`
 * @param targetsAt, weightsAt where they begin in the data; −1 for rows that weigh alike
 */
export const gatherRows: Shader = {
  parameters: [
    ...['x', 'targets', 'rowWeights', 'first', 'rows', 'width', 'outputs'],
    ...['targetsAt', 'weightsAt'],
  ],
  places: ['x', 'targets', 'rowWeights'],
  derived: ['wide'],
  derive: ({ width = 0, outputs = 0 }) => ({ wide: width + outputs + 1 }),
  passes: [
    each(
      'gather rows',
      ['rows', 'wide'],
      `let row = i / p.wide;
    let column = i - row * p.wide;
    let from_ = i32(list[p.first + row]);
    if (column < p.width) {
      heap[p.x + row * p.width + column] = data[from_ * p.width + column];
    } else if (column < p.width + p.outputs) {
      let output = column - p.width;
      let value = data[p.targetsAt + from_];
      // Several outputs are classes: 1 at the row's own.
      heap[p.targets + row * p.outputs + output] =
        select(select(0.0, 1.0, i32(value) == output), value, p.outputs == 1);
    } else {
      var weight = 1.0;
      if (p.weightsAt >= 0) { weight = data[p.weightsAt + from_]; }
      heap[p.rowWeights + row] = weight;
    }`,
    ),
  ],
};
