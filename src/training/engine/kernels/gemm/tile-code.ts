/**
 * A tile of a product (tiled.ts) in WGSL, 4 × 4 of it a thread. The sides' tiles pass through workgroup memory four
 * elements at a time, in half precision where a run asks for it and the device has it (webgpu/tile-type.ts); sums are
 * in single. What of an element's place is known by its row or column alone is found once, before the loop over k:
 * divisions are slow there.
 */
import { endingCode } from '../activation/ending.ts';
import { mostGroups } from '../webgpu/shader.ts';

/** Of tiles, in rows and columns of C: multiples of 16. */
export interface Shape {
  name: string;
  rows: number;
  columns: number;
}

export interface Sides {
  name: string;
  /**
   * WGSL, for `left` and `right`: `fn leftLine(row: i32) -> vec3i` and `fn leftDeep(k: i32) -> vec3i`, whatever is known
   * of a row (of the right side: of a column) and of k, which may lie beyond m, n and k; and `fn leftAt(line: vec3i,
   * deep: vec3i) -> f32`, the element, which doesn't.
   */
  code: string;
  /** Whether rows of the left side, or columns of the right one, lie side by side in memory; or WGSL that says it. */
  isLeftByRows: boolean | string;
  isRightByColumns: boolean | string;
}

/** Numbers of k that pass at a time. */
export const depth = 16;
const perThread = 4;

export function tileCode({ code, isLeftByRows, isRightByColumns }: Sides, shape: Shape): string {
  const [down, across] = [shape.rows / perThread, shape.columns / perThread];
  const threads = down * across;
  const rows = Array.from({ length: perThread }, (_, i) => i);
  const left = loading('left', isLeftByRows, { lines: shape.rows, threads });
  const right = loading('right', isRightByColumns, { lines: shape.columns, threads });
  return `${endingCode}
${code}
var<workgroup> lefts: array<vec4<tile>, ${down * depth}>; // [depth, rows / 4]
var<workgroup> rights: array<vec4<tile>, ${across * depth}>; // [depth, columns / 4]
@compute @workgroup_size(${across}, ${down})
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_id) id: vec3u,
  @builtin(local_invocation_index) index: u32,
) {
  let part = i32(group.z) % p.parts;
  let leftStart = (i32(group.z) / p.parts * ${mostGroups} + i32(group.y)) * ${shape.rows};
  let rightStart = i32(group.x) * ${shape.columns};
  let last = min(p.k, (part + 1) * p.partDepth);
  ${rows.map((i) => `var sum${i} = vec4f();`).join(' ')}${left.before}${right.before}
  for (var first = part * p.partDepth; first < last; first += ${depth}) {
    ${left.load}
    ${right.load}
    workgroupBarrier();
    for (var deep = 0u; deep < ${depth}u; deep++) {
      let l = lefts[deep * ${down}u + id.y];
      let x = vec4f(rights[deep * ${across}u + id.x]);
      ${rows.map((i) => `sum${i} += f32(l[${i}]) * x;`).join(' ')}
    }
    workgroupBarrier();
  }
  let row = leftStart + i32(id.y) * ${perThread};
  let column = rightStart + i32(id.x) * ${perThread};
  ${rows.map((i) => `store(part, row + ${i}, column, sum${i});`).join('\n  ')}
}
fn store(part: i32, row: i32, column: i32, sums: vec4f) {
  if (row >= p.m) { return; }
  for (var i = 0; i < ${perThread}; i++) {
    if (column + i >= p.n) { return; }
    if (p.parts == 1) { finish(row, column + i, sums[i]); }
    else { heap[p.spare + (part * p.m + row) * p.n + column + i] = sums[i]; }
  }
}
`;
}

/** How a thread loads a side's tile: fours of lines, `deep` numbers of k from one to its next. */
function loading(
  side: 'left' | 'right',
  isByLines: boolean | string,
  { lines, threads }: { lines: number; threads: number },
) {
  const fours = lines / perThread;
  const times = Array.from({ length: (fours * depth) / threads }, (_, i) => i);
  const lanes = Array.from({ length: perThread }, (_, i) => i);
  const choose = (byLines: string, byDepth: string) =>
    typeof isByLines === 'string'
      ? `select(${byDepth}, ${byLines}, ${isByLines})`
      : isByLines
        ? byLines
        : byDepth;
  const line = (time: number, lane: number) =>
    `${side}First + ${time * perThread} * ${side}Step + ${lane}`;
  const most = side === 'left' ? 'p.m' : 'p.n';
  return {
    /** Before the loop, after `${side}Start`, the tile's first line. */
    before: `
  let ${side}Four = ${choose(`i32(index) % ${fours}`, `i32(index) / ${depth}`)};
  let ${side}Depth = ${choose(`i32(index) / ${fours}`, `i32(index) % ${depth}`)};
  let ${side}Step = ${choose('0', `${threads / depth}`)};
  let ${side}DeepStep = ${choose(`${threads / fours}`, '0')};
  let ${side}First = ${side}Start + ${perThread} * ${side}Four;
  ${times.flatMap((time) => lanes.map((lane) => `let ${side}${time}${lane} = ${side}Line(${line(time, lane)});`)).join('\n  ')}`,
    load: times
      .map(
        (time) => `{
      let deep = ${side}Depth + ${time} * ${side}DeepStep;
      let known = ${side}Deep(first + deep);
      var four = vec4<tile>();
      if (first + deep < last) {
        ${lanes.map((lane) => `if (${line(time, lane)} < ${most}) { four[${lane}] = tiled(${side}At(${side}${time}${lane}, known)); }`).join('\n        ')}
      }
      ${side}s[deep * ${fours} + ${side}Four + ${time} * ${side}Step] = four;
    }`,
      )
      .join('\n    '),
  };
}
