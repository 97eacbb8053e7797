/**
 * Matrix products on WebGPU: C[m, n] from two sides that are read element by element, so that a transposed matrix or
 * the patches of an image are sides like any other. A tile of C a workgroup, of the shape that suits C (tile-code.ts).
 * Where C is small and k long, workgroups take a part of k each, and a second pass adds the parts up, always in the
 * same order.
 */
import { endingCode } from '../activation/ending.ts';
import type { Arguments, Pass } from '../webgpu/shader.ts';
import { each, mostGroups } from '../webgpu/shader.ts';
import { depth, tileCode, type Shape, type Sides } from './tile-code.ts';

const small: Shape = { name: 'small', rows: 32, columns: 32 };
const large: Shape = { name: 'large', rows: 64, columns: 64 };
/** Where C has no more columns. */
const narrow: Shape = { name: 'narrow', rows: 64, columns: 16 };
/** Tiles from which on large ones fill a graphics processor. */
const enoughTiles = 64;
/** How much more than C, beside small ones, they may cover. */
const mostCovered = 1.2;
/** Workgroups that a product is cut into where it has few tiles, and the least of k that is worth one. */
const wantedGroups = 192;
const leastPart = 128;

/** Members that every product derives; m, n, k and where C lies are the kernel's own. */
export const tileParts = ['parts', 'partDepth'] as const;

export function partsOf({ m = 0, n = 0, k = 0 }: Arguments, spare: number) {
  const tiles = tilesOf({ m, n }, leastShape(n));
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
  // Columns are never those of a batch: what they rule out, smaller batches don't need either.
  const tiled = (shape: Shape, isPossible: (p: Arguments) => boolean): Pass => ({
    name: `${name}, ${shape.name} tiles`,
    code: tileCode(sides, shape),
    hasTiles: true,
    isNeeded: (p) => shapeOf(p) === shape,
    isPossible,
    workgroups: groupsOf(shape),
  });
  return [
    tiled(small, ({ n = 0 }) => leastShape(n) === small),
    tiled(narrow, ({ n = 0 }) => leastShape(n) === narrow),
    tiled(large, (p) => shapeOf(p) === large),
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

function leastShape(n: number): Shape {
  return n <= narrow.columns ? narrow : small;
}

function shapeOf({ m = 0, n = 0, parts = 1 }: Arguments): Shape {
  const least = leastShape(n);
  if (least === narrow || parts > 1 || tilesOf({ m, n }, large) < enoughTiles) return least;
  const coveredBy = (shape: Shape) => tilesOf({ m, n }, shape) * shape.rows * shape.columns;
  return coveredBy(large) <= mostCovered * coveredBy(small) ? large : small;
}

function tilesOf({ m, n }: { m: number; n: number }, { rows, columns }: Shape): number {
  return Math.ceil(m / rows) * Math.ceil(n / columns);
}

/** Rows of tiles that don't fit in one dimension of workgroups go on in the third, beside the parts. */
function groupsOf({ rows, columns }: Shape) {
  return ({ m = 0, n = 0, parts = 1 }: Arguments): [number, number, number] => {
    const lines = Math.ceil(m / rows);
    return [
      Math.ceil(n / columns),
      Math.min(lines, mostGroups),
      parts * Math.ceil(lines / mostGroups),
    ];
  };
}
