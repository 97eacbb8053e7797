/** Dropout on WebGPU: the same masks as everywhere (models/dropout-mask.ts), from the same counters. */
import { each, type Shaders } from '../webgpu/shader.ts';

const rotations = [
  [13, 15, 26, 6],
  [17, 29, 16, 24],
] as const;

/** Five groups of four rounds of Threefry-2x32, written out. */
const groups = Array.from({ length: 5 }, (_, group) => {
  const rounds = (rotations[group % 2] ?? []).map(
    (by) => `x.x += x.y; x.y = ((x.y << ${by}u) | (x.y >> ${32 - by}u)) ^ x.x;`,
  );
  const next = `x += vec2u(keys[${(group + 1) % 3}], keys[${(group + 2) % 3}] + ${group + 1}u);`;
  return [...rounds, next].join('\n  ');
});

const threefryCode = `
fn words(counter: u32) -> vec2u {
  let first = bitcast<u32>(p.key);
  let second = bitcast<u32>(p.place);
  let keys = array<u32, 3>(first, second, first ^ second ^ 0x1bd11bdau);
  var x = vec2u(counter + first, second);
  ${groups.join('\n  ')}
  return x;
}`;

export const dropoutShaders = {
  dropout: {
    parameters: ['x', 'y', 'mask', 'count', 'key', 'place', 'first', 'least', 'kept'],
    places: ['x', 'y', 'mask'],
    floats: ['kept'],
    passes: [
      each(
        'dropout',
        ['count'],
        `let pair = words(u32(p.first + i / 2));
    let word = select(pair.y, pair.x, i % 2 == 0);
    let factor = select(0.0, p.kept, word >= bitcast<u32>(p.least));
    heap[p.mask + i] = factor;
    heap[p.y + i] = heap[p.x + i] * factor;`,
        threefryCode,
      ),
    ],
  },
} satisfies Shaders;
