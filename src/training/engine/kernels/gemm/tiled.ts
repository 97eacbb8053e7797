/**
 * Matrix products on WebGPU: C[m, n] from two sides that are read element by element, so that a transposed matrix or
 * the patches of an image are sides like any other. A tile of C a workgroup, 4 × 4 of it a thread; the sides' tiles
 * pass through workgroup memory, in half precision where a run asks for it and the device has it (tile-type.ts);
 * sums are in single. Where C is small and k long, workgroups take a part of k each, and a second pass adds the parts
 * up, always in the same order.
 */
import { endingCode } from '../activation/ending.ts';
import type { Arguments, Pass } from '../webgpu/shader.ts';
import { each, mostGroups } from '../webgpu/shader.ts';

const depth = 16;
const perThread = 4;
const [smallTile, largeTile] = [32, 64];
/** Tiles from which on large ones fill a graphics processor. */
const enoughTiles = 64;
/** Workgroups that a product is cut into where it has few tiles, and the least of k that is worth one. */
const wantedGroups = 192;
const leastPart = 128;

export interface Sides {
  name: string;
  /** WGSL: `fn left(row: i32, k: i32) -> f32` and `fn right(k: i32, column: i32) -> f32`, within m, n and k. */
  code: string;
  /** WGSL conditions: whether rows of the left side, or columns of the right one, lie side by side in memory. */
  isLeftByRows: string;
  isRightByColumns: string;
}

/** Members that every product derives; m, n, k and where C lies are the kernel's own. */
export const tileParts = ['parts', 'partDepth'] as const;

export function partsOf({ m = 0, n = 0, k = 0 }: Arguments, spare: number) {
  const tiles = tilesOf(m, smallTile) * tilesOf(n, smallTile);
  const parts = Math.max(
    1,
    Math.min(
      Math.floor(k / leastPart),
      Math.ceil(wantedGroups / Math.max(1, tiles)),
      Math.floor(spare / Math.max(1, m * n)),
    ),
  );
  const partDepth = depth * Math.ceil(k / parts / depth);
  return { parts: Math.max(1, Math.ceil(k / Math.max(1, partDepth))), partDepth };
}

export const spareOfParts = ({ m = 0, n = 0, parts = 1 }: Arguments) =>
  parts > 1 ? parts * m * n : 0;

export function tiledProduct(sides: Sides): Pass[] {
  const { name } = sides;
  return [
    {
      name: `${name}, small tiles`,
      code: tileCode(sides, smallTile),
      hasTiles: true,
      isNeeded: (p) => !isLarge(p),
      workgroups: groupsOf(smallTile),
    },
    {
      name: `${name}, large tiles`,
      code: tileCode(sides, largeTile),
      hasTiles: true,
      isNeeded: isLarge,
      isForLarge: true,
      workgroups: groupsOf(largeTile),
    },
    {
      ...each(
        `${name}, of parts`,
        ['m', 'n'],
        `var sum = 0.0;
    for (var part = 0; part < p.parts; part++) { sum += heap[p.spare + part * count + i]; }
    finish(i / p.n, i % p.n, sum);`,
        endingCode,
      ),
      isNeeded: ({ parts = 1 }) => parts > 1,
    },
  ];
}

function tilesOf(length: number, tile: number): number {
  return Math.ceil(length / tile);
}

function isLarge({ m = 0, n = 0, parts = 1 }: Arguments): boolean {
  return parts === 1 && tilesOf(m, largeTile) * tilesOf(n, largeTile) >= enoughTiles;
}

/** Rows of tiles that don't fit in one dimension of workgroups go on in the third, beside the parts. */
function groupsOf(tile: number) {
  return ({ m = 0, n = 0, parts = 1 }: Arguments): [number, number, number] => {
    const rows = tilesOf(m, tile);
    return [tilesOf(n, tile), Math.min(rows, mostGroups), parts * Math.ceil(rows / mostGroups)];
  };
}

function tileCode({ code, isLeftByRows, isRightByColumns }: Sides, tile: number): string {
  const side = tile / perThread;
  const rows = Array.from({ length: perThread }, (_, i) => i);
  return `${endingCode}
${code}
var<workgroup> lefts: array<tile, ${tile * depth}>; // [depth, tile]
var<workgroup> rights: array<tile, ${tile * depth}>; // [depth, tile]
@compute @workgroup_size(${side}, ${side})
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_id) id: vec3u,
  @builtin(local_invocation_index) index: u32,
) {
  let part = i32(group.z) % p.parts;
  let firstRow = (i32(group.z) / p.parts * ${mostGroups} + i32(group.y)) * ${tile};
  let firstColumn = i32(group.x) * ${tile};
  let last = min(p.k, (part + 1) * p.partDepth);
  let isLeftByRows = ${isLeftByRows};
  let isRightByColumns = ${isRightByColumns};
  ${rows.map((i) => `var sum${i} = vec4f();`).join(' ')}
  for (var first = part * p.partDepth; first < last; first += ${depth}) {
    for (var e = i32(index); e < ${tile * depth}; e += ${side * side}) {
      var deep = e % ${depth};
      var across = e / ${depth};
      if (isLeftByRows) { deep = e / ${tile}; across = e % ${tile}; }
      var x = 0.0;
      if (firstRow + across < p.m && first + deep < last) { x = left(firstRow + across, first + deep); }
      lefts[deep * ${tile} + across] = tiled(x);
      deep = e % ${depth};
      across = e / ${depth};
      if (isRightByColumns) { deep = e / ${tile}; across = e % ${tile}; }
      x = 0.0;
      if (firstColumn + across < p.n && first + deep < last) { x = right(first + deep, firstColumn + across); }
      rights[deep * ${tile} + across] = tiled(x);
    }
    workgroupBarrier();
    for (var deep = 0; deep < ${depth}; deep++) {
      let l = deep * ${tile} + i32(id.y) * ${perThread};
      let r = deep * ${tile} + i32(id.x) * ${perThread};
      let x = vec4f(vec4<tile>(rights[r], rights[r + 1], rights[r + 2], rights[r + 3]));
      ${rows.map((i) => `sum${i} += f32(lefts[l + ${i}]) * x;`).join(' ')}
    }
    workgroupBarrier();
  }
  let row = firstRow + i32(id.y) * ${perThread};
  let column = firstColumn + i32(id.x) * ${perThread};
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
