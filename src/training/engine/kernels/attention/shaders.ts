/**
 * Self-attention of several heads on WebGPU, between its dense layers: layouts are attention/assembly.ts's. A
 * workgroup for each query of each head: its row of shares stays with it.
 */
import {
  lineGroups,
  mostGroups,
  type Arguments,
  type Pass,
  type Shaders,
} from '../webgpu/shader.ts';

const threads = 64;

/** `step` is the workgroup's query, or key; its head's part of `all` begins at `head`, of `mixed` at `own`. */
function headPass(name: string, body: string): Pass {
  return {
    name,
    code: `
@compute @workgroup_size(${threads})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) index: u32) {
  let step = i32(group.x);
  let rowAndHead = i32(group.z) * ${mostGroups} + i32(group.y);
  if (rowAndHead >= p.batch * p.heads) { return; }
  let row = rowAndHead / p.heads;
  let depth = p.width / p.heads;
  let own = row * p.steps * p.width + (rowAndHead - row * p.heads) * depth;
  let head = own + 2 * row * p.steps * p.width;
  let wide = 3 * p.width;
  let square = rowAndHead * p.steps * p.steps;
  let factor = 1.0 / sqrt(f32(depth));
  ${body}
}
`,
    reduction: { lanes: threads, of: 'f32', hasLargest: true },
    workgroups: ({ steps = 0, batch = 0, heads = 0 }: Arguments) => [
      steps,
      ...lineGroups(batch * heads),
    ],
  };
}

const keys = (body: string) =>
  `for (var k = i32(index); k < p.steps; k += ${threads}) {\n    ${body}\n  }`;
const depths = (body: string) =>
  `for (var d = i32(index); d < depth; d += ${threads}) {\n    ${body}\n  }`;

export const attentionShaders = {
  attend: {
    parameters: [
      ...['all', 'mask', 'shares', 'mixed', 'batch', 'steps', 'width', 'heads', 'isCausal'],
    ],
    places: ['all', 'mask', 'shares', 'mixed'],
    passes: [
      headPass(
        'attend',
        `let query = p.all + head + step * wide;
  let shares = p.shares + square + step * p.steps;
  var most = -3.0e38;
  ${keys(`let key = p.all + head + k * wide + p.width;
    var score = 0.0;
    for (var d = 0; d < depth; d++) { score += heap[query + d] * heap[key + d]; }
    score *= factor;
    if (p.isCausal != 0 && k > step) { score -= 1.0e9; }
    if (p.mask != 0 && heap[p.mask + row * p.steps + k] == 0.0) { score -= 1.0e9; }
    heap[shares + k] = score;
    most = max(most, score);`)}
  most = largest(most, index);
  var sum = 0.0;
  ${keys(`let power = exp(heap[shares + k] - most);
    heap[shares + k] = power;
    sum += power;`)}
  sum = total(sum, index);
  ${keys('heap[shares + k] /= sum;')}
  storageBarrier();
  ${depths(`var y = 0.0;
    for (var k = 0; k < p.steps; k++) {
      y += heap[shares + k] * heap[p.all + head + k * wide + 2 * p.width + d];
    }
    heap[p.mixed + own + step * p.width + d] = y;`)}`,
      ),
    ],
  },
  /** Slopes of the scores lie in the spare room, [batch, heads, steps, steps], between the passes. */
  attendGradient: {
    parameters: [
      ...['all', 'shares', 'gradient', 'allGradient', 'batch', 'steps', 'width', 'heads'],
    ],
    places: ['all', 'shares', 'gradient', 'allGradient'],
    spare: ({ batch = 0, heads = 0, steps = 0 }) => batch * heads * steps * steps,
    passes: [
      headPass(
        'attend, gradient of queries',
        `let shares = p.shares + square + step * p.steps;
  let slopes = p.spare + square + step * p.steps;
  let slope = p.gradient + own + step * p.width;
  var dot = 0.0;
  ${keys(`let value = p.all + head + k * wide + 2 * p.width;
    var sum = 0.0;
    for (var d = 0; d < depth; d++) { sum += heap[slope + d] * heap[value + d]; }
    heap[slopes + k] = sum;
    dot += heap[shares + k] * sum;`)}
  dot = total(dot, index);
  ${keys('heap[slopes + k] = heap[shares + k] * (heap[slopes + k] - dot) * factor;')}
  storageBarrier();
  ${depths(`var sum = 0.0;
    for (var k = 0; k < p.steps; k++) {
      sum += heap[slopes + k] * heap[p.all + head + k * wide + p.width + d];
    }
    heap[p.allGradient + head + step * wide + d] = sum;`)}`,
      ),
      headPass(
        'attend, gradient of keys and values',
        depths(`var ofKey = 0.0;
    var ofValue = 0.0;
    for (var q = 0; q < p.steps; q++) {
      let at = square + q * p.steps + step;
      ofKey += heap[p.spare + at] * heap[p.all + head + q * wide + d];
      ofValue += heap[p.shares + at] * heap[p.gradient + own + q * p.width + d];
    }
    let to = p.allGradient + head + step * wide + p.width + d;
    heap[to] = ofKey;
    heap[to + p.width] = ofValue;`),
      ),
    ],
  },
} satisfies Shaders;
