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
var<workgroup> isLater: u32;
/** A bit for each of ${threads} places; while one is read, the next is set and the third cleared. */
var<workgroup> hits: array<atomic<u32>, 6>;
@compute @workgroup_size(${threads})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) index: u32) {
  let place = ${lineCode};
  if (place >= p.count) { return; }
  let token = tokenAt(place);
  for (var other = i32(index); other < place; other += ${threads}) {
    if (tokenAt(other) == token) { atomicStore(&isSeen, 1u); }
  }
  workgroupBarrier();
  if (index == 0u) { isLater = atomicLoad(&isSeen); }
  if (workgroupUniformLoad(&isLater) != 0u) { return; }
  var now = 0u;
  for (var first = 0; first < p.columns; first += ${threads}) {
    let column = first + i32(index);
    var sum = 0.0;
    for (var from_ = place; from_ < p.count; from_ += ${threads}) {
      let other = from_ + i32(index);
      if (other < p.count && tokenAt(other) == token) {
        atomicOr(&hits[now + index / 32u], 1u << (index % 32u));
      }
      let next = (now + 2u) % 6u;
      if (index < 2u) { atomicStore(&hits[next + index], 0u); }
      workgroupBarrier();
      if (column < p.columns) {
        for (var half = 0u; half < 2u; half++) {
          var bits = atomicLoad(&hits[now + half]);
          while (bits != 0u) {
            let found = from_ + i32(32u * half + firstTrailingBit(bits));
            sum += heap[p.gradient + found * p.columns + column];
            bits &= bits - 1u;
          }
        }
      }
      now = next;
    }
    if (column < p.columns) { heap[p.tableGradient + token * p.columns + column] = sum; }
  }
}
`,
        workgroups: ({ count = 0 }) => lineGroups(count),
      },
    ],
  },
} satisfies Shaders;
