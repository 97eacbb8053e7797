/**
 * Sums over the rows of each column, two at a time: of biases' gradients and of norms. Thirty-two rows by eight
 * columns a workgroup; many rows are cut into parts, which a second pass adds up.
 */
import { lineCode, lineGroups, type Arguments, type Pass, type Shader } from './shader.ts';

const lanes = 32;
const perGroup = 8;
const rowsOfPart = 1024;

/** What a shader with column sums derives from `rows` and `columns`. */
export const columnParts: Pick<Shader, 'derived' | 'derive' | 'spare'> = {
  derived: ['parts', 'partRows'],
  derive({ rows = 0 }) {
    const parts = Math.max(1, Math.ceil(rows / rowsOfPart));
    return { parts, partRows: Math.ceil(rows / parts) };
  },
  spare: ({ parts = 1, columns = 0 }) => (parts > 1 ? 2 * parts * columns : 0),
};

/**
 * @param code WGSL: `fn summed(row: i32, column: i32) -> vec2f`, and `fn finish(column: i32, sums: vec2f)`, which is
 * called once a column
 */
export function columnSumsOf(name: string, code: string): Pass[] {
  return [
    {
      name,
      code: `${code}
@compute @workgroup_size(${perGroup}, ${lanes})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) id: vec3u) {
  let column = (${lineCode}) * ${perGroup} + i32(id.x);
  let part = i32(group.z);
  let last = min(p.rows, (part + 1) * p.partRows);
  var sum = vec2f();
  if (column < p.columns) {
    for (var row = part * p.partRows + i32(id.y); row < last; row += ${lanes}) {
      sum += summed(row, column);
    }
  }
  sum = total(sum, id.y * ${perGroup} + id.x);
  if (id.y != 0 || column >= p.columns) { return; }
  if (p.parts == 1) { finish(column, sum); return; }
  let to = p.spare + 2 * (part * p.columns + column);
  heap[to] = sum.x;
  heap[to + 1] = sum.y;
}
`,
      reduction: { lanes, columns: perGroup, of: 'vec2f' },
      workgroups: ({ columns = 0, parts = 1 }: Arguments) => [
        ...lineGroups(Math.ceil(columns / perGroup)),
        parts,
      ],
    },
    {
      name: `${name}, of parts`,
      code: `${code}
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let column = i32(id.x);
  if (column >= p.columns) { return; }
  var sum = vec2f();
  for (var part = 0; part < p.parts; part++) {
    let from_ = p.spare + 2 * (part * p.columns + column);
    sum += vec2f(heap[from_], heap[from_ + 1]);
  }
  finish(column, sum);
}
`,
      isNeeded: ({ parts = 1 }: Arguments) => parts > 1,
      workgroups: ({ columns = 0 }: Arguments) => [Math.ceil(columns / 64)],
    },
  ];
}
