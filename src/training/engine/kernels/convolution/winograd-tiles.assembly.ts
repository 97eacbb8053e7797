/** Tiles of images to and from the places where they are multiplied (winograd.assembly.ts). AssemblyScript. */
import { floats } from '../lanes/assembly';
import { outputs, pixels, slopes } from './winograd-transforms.assembly';

/** Bytes for what lies between the two transforms of a tile, and for a tile that reaches beyond its image. */
export const tileRoom: i32 = 16 * (36 + 16);
const edge: usize = 16 * 36;

/**
 * Bᵀ d B of a tile.
 * @param from its first pixel; `line` bytes from a row to the next
 * @param to its first place: `stepVector` bytes from four channels to the next, `stepPlace` from a place to the next
 */
export function takeTile(
  side: i32,
  from: usize,
  line: usize,
  depth: i32,
  to: usize,
  stepVector: usize,
  stepPlace: usize,
  room: usize,
): void {
  if (side == 4) take(4, from, line, depth, to, stepVector, stepPlace, room);
  else take(2, from, line, depth, to, stepVector, stepPlace, room);
}

// @ts-ignore: decorator
@inline
function take(
  side: i32,
  from: usize,
  line: usize,
  depth: i32,
  to: usize,
  stepVector: usize,
  stepPlace: usize,
  room: usize,
): void {
  const span = side + 2;
  const next = floats(depth);
  const end = from + next;
  while (from < end) {
    for (let x = 0; x < span; x++)
      pixels(side, from + <usize>x * next, line, room + <usize>(x << 4), <usize>(span << 4));
    for (let y = 0; y < span; y++)
      pixels(side, room + <usize>(y * span << 4), 16, to + <usize>(y * span) * stepPlace, stepPlace);
    from += 16;
    to += stepVector;
  }
}

/** Aᵀ m A of a tile, m's places `stepPlace` bytes apart; of `rows` and `columns` outputs that there are from it on. */
export function giveTile(
  side: i32,
  m: usize,
  stepPlace: usize,
  filters: i32,
  y: usize,
  line: usize,
  rows: i32,
  columns: i32,
  accumulate: bool,
  room: usize,
): void {
  if (side == 4) give(4, m, stepPlace, filters, y, line, rows, columns, accumulate, room);
  else give(2, m, stepPlace, filters, y, line, rows, columns, accumulate, room);
}

// @ts-ignore: decorator
@inline
function give(
  side: i32,
  m: usize,
  stepPlace: usize,
  filters: i32,
  y: usize,
  line: usize,
  rows: i32,
  columns: i32,
  accumulate: bool,
  room: usize,
): void {
  const span = side + 2;
  const next = floats(filters);
  const isWhole = rows >= side && columns >= side && !accumulate;
  const end = y + next;
  while (y < end) {
    for (let x = 0; x < span; x++)
      outputs(
        side,
        m + <usize>x * stepPlace,
        <usize>span * stepPlace,
        room + <usize>(x << 4),
        <usize>(span << 4),
      );
    if (isWhole)
      for (let row = 0; row < side; row++)
        outputs(side, room + <usize>(row * span << 4), 16, y + <usize>row * line, next);
    else {
      for (let row = 0; row < side; row++)
        outputs(side, room + <usize>(row * span << 4), 16, room + edge + <usize>(row * side << 4), 16);
      for (let row = 0; row < min(side, rows); row++)
        for (let column = 0; column < min(side, columns); column++) {
          const target = y + <usize>row * line + <usize>column * next;
          const value = v128.load(room + edge + <usize>((row * side + column) << 4));
          v128.store(target, accumulate ? f32x4.add(value, v128.load(target)) : value);
        }
    }
    m += 16;
    y += 16;
  }
}

/**
 * A ∂y Aᵀ of a tile; the slope of an output that there isn't is 0.
 * @param to its first place, in panels of eight filters, `stepPanel` bytes apart
 */
export function takeSlopes(
  side: i32,
  gradient: usize,
  line: usize,
  rows: i32,
  columns: i32,
  filters: i32,
  to: usize,
  stepPanel: usize,
  stepPlace: usize,
  room: usize,
): void {
  if (side == 4) slope(4, gradient, line, rows, columns, filters, to, stepPanel, stepPlace, room);
  else slope(2, gradient, line, rows, columns, filters, to, stepPanel, stepPlace, room);
}

// @ts-ignore: decorator
@inline
function slope(
  side: i32,
  gradient: usize,
  line: usize,
  rows: i32,
  columns: i32,
  filters: i32,
  to: usize,
  stepPanel: usize,
  stepPlace: usize,
  room: usize,
): void {
  const span = side + 2;
  const next = floats(filters);
  const isWhole = rows >= side && columns >= side;
  for (let at: usize = 0; at < next; at += 16) {
    let from = gradient + at,
      fromLine = line,
      fromNext = next;
    if (!isWhole) {
      from = room + edge;
      fromLine = side << 4;
      fromNext = 16;
      for (let row = 0; row < side; row++)
        for (let column = 0; column < side; column++)
          v128.store(
            from + <usize>((row * side + column) << 4),
            row < rows && column < columns
              ? v128.load(gradient + at + <usize>row * line + <usize>column * next)
              : f32x4.splat(0),
          );
    }
    for (let x = 0; x < side; x++)
      slopes(side, from + <usize>x * fromNext, fromLine, room + <usize>(x << 4), <usize>(side << 4));
    const target = to + (at >> 5) * stepPanel + (at & 16);
    for (let y = 0; y < span; y++)
      slopes(
        side,
        room + <usize>(y * side << 4),
        16,
        target + <usize>(y * span) * stepPlace,
        stepPlace,
      );
  }
}
