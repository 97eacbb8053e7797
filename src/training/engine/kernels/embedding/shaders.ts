/** Rows of a table by number, and the reverse, on WebGPU. Tokens are floats that hold whole numbers. */
import { each, lineCode, lineGroups, type Shaders } from '../webgpu/shader.ts';

const threads = 64;

/** Within the table, whatever the data says. */
const tokenCode = `
fn tokenAt(i: i32) -> i32 { return clamp(i32(heap[p.tokens + i]), 0, p.rows - 1); }`;

export const embeddingShaders = {
  embed: {
    parameters: ['tokens', 'table', 'y', 'mask', 'count', 'columns', 'rows'],
    places: ['tokens', 'table', 'y', 'mask'],
    passes: [
      each(
        'embed',
        ['count', 'columns'],
        `let place = i / p.columns;
    let column = i - place * p.columns;
    let token = tokenAt(place);
    heap[p.y + i] = heap[p.table + token * p.columns + column];
    if (p.mask != 0 && column == 0) { heap[p.mask + place] = select(1.0, 0.0, token == 0); }`,
        tokenCode,
      ),
    ],
  },
  /**
   * A workgroup for each place: where its token comes for the first time, it sums the gradients of all places with
   * that token, in their order. No two write to one row, and the sum is the same every time.
   */
  embedGradient: {
    parameters: ['tokens', 'gradient', 'tableGradient', 'count', 'columns', 'rows'],
    places: ['tokens', 'gradient', 'tableGradient'],
    passes: [
      each('embed, clear gradient', ['rows', 'columns'], 'heap[p.tableGradient + i] = 0.0;'),
      {
        name: 'embed, gradient',
        code: `${tokenCode}
var<workgroup> isSeen: atomic<u32>;
@compute @workgroup_size(${threads})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) index: u32) {
  let place = ${lineCode};
  if (place >= p.count) { return; }
  let token = tokenAt(place);
  for (var other = i32(index); other < place; other += ${threads}) {
    if (tokenAt(other) == token) { atomicStore(&isSeen, 1u); }
  }
  workgroupBarrier();
  if (atomicLoad(&isSeen) != 0u) { return; }
  for (var column = i32(index); column < p.columns; column += ${threads}) {
    var sum = 0.0;
    for (var other = place; other < p.count; other++) {
      if (tokenAt(other) == token) { sum += heap[p.gradient + other * p.columns + column]; }
    }
    heap[p.tableGradient + token * p.columns + column] = sum;
  }
}
`,
        workgroups: ({ count = 0 }) => lineGroups(count),
      },
    ],
  },
} satisfies Shaders;
