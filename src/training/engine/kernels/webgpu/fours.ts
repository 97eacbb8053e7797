/**
 * Passes over images, [place, channel], a thread four channels of a place: what follows from the place is found once
 * for all of them.
 */
import type { Arguments } from './shader.ts';

/** Members that such a shader derives. */
export const fourParts = ['fours'] as const;
export const foursOf = ({ channels = 0 }: Arguments) => ({ fours: Math.ceil(channels / 4) });

/** WGSL: from the number of a four to its place and first channel. */
export const placeOfFour = `let place = i / p.fours;
    let channel = (i - place * p.fours) * 4;`;

/** WGSL: four numbers from `at` within a kernel's place. Beyond the last channel they are whatever lies there. */
export function fourAt(place: string, at: string): string {
  const numbers = [0, 1, 2, 3].map((lane) => `heap[p.${place} + ${at} + ${lane}]`);
  return `vec4f(${numbers.join(', ')})`;
}

/** WGSL: does `body` for each `lane` that is a channel. */
export const eachOfFour = (body: string) =>
  `for (var lane = 0; lane < min(4, p.channels - channel); lane++) { ${body} }`;
