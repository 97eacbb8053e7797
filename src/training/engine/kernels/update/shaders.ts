/** Optimisers' updates on WebGPU, of all weights at once, in place: as update/assembly.ts has them. */
import { each, type Shaders } from '../webgpu/shader.ts';

/** Workgroups that sum squares, a number each. */
const normParts = 32;

export const updateShaders = {
  updateSgd: {
    parameters: [
      'weight',
      'gradient',
      'velocity',
      'count',
      'rate',
      'momentum',
      'nesterov',
      'decay',
    ],
    places: ['weight', 'gradient', 'velocity'],
    floats: ['rate', 'momentum', 'decay'],
    passes: [
      each(
        'SGD',
        ['count'],
        `let g = heap[p.gradient + i] + p.decay * heap[p.weight + i];
    var direction = g;
    if (p.momentum != 0.0) {
      let v = p.momentum * heap[p.velocity + i] + g;
      heap[p.velocity + i] = v;
      direction = select(v, g + p.momentum * v, p.nesterov != 0);
    }
    heap[p.weight + i] -= p.rate * direction;`,
      ),
    ],
  },
  updateAdam: {
    parameters: [
      ...['weight', 'gradient', 'first', 'second', 'count', 'stepSize', 'correction'],
      ...['beta1', 'beta2', 'epsilon', 'decay', 'shrink'],
    ],
    places: ['weight', 'gradient', 'first', 'second'],
    floats: ['stepSize', 'correction', 'beta1', 'beta2', 'epsilon', 'decay', 'shrink'],
    passes: [
      each(
        'Adam',
        ['count'],
        `let w = heap[p.weight + i];
    let g = heap[p.gradient + i] + p.decay * w;
    let m = p.beta1 * heap[p.first + i] + (1.0 - p.beta1) * g;
    let v = p.beta2 * heap[p.second + i] + (1.0 - p.beta2) * g * g;
    heap[p.first + i] = m;
    heap[p.second + i] = v;
    heap[p.weight + i] = p.shrink * w - p.stepSize * m / (sqrt(v * p.correction) + p.epsilon);`,
      ),
    ],
  },
  updateRmsprop: {
    parameters: [
      'weight',
      'gradient',
      'average',
      'count',
      'rate',
      'decay',
      'epsilon',
      'weightDecay',
    ],
    places: ['weight', 'gradient', 'average'],
    floats: ['rate', 'decay', 'epsilon', 'weightDecay'],
    passes: [
      each(
        'RMSprop',
        ['count'],
        `let g = heap[p.gradient + i] + p.weightDecay * heap[p.weight + i];
    let a = p.decay * heap[p.average + i] + (1.0 - p.decay) * g * g;
    heap[p.average + i] = a;
    heap[p.weight + i] -= p.rate * g / (sqrt(a) + p.epsilon);`,
      ),
    ],
  },
  clip: {
    parameters: ['gradient', 'count', 'limit'],
    places: ['gradient'],
    floats: ['limit'],
    passes: [
      each(
        'clipping of values',
        ['count'],
        `heap[p.gradient + i] = clamp(heap[p.gradient + i], -p.limit, p.limit);`,
      ),
    ],
  },
  clipNorm: {
    parameters: ['gradient', 'count', 'limit'],
    places: ['gradient'],
    floats: ['limit'],
    spare: () => normParts,
    passes: [
      {
        name: 'squares for clipping',
        code: `
@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) index: u32) {
  var sum = 0.0;
  for (var i = i32(group.x * 256 + index); i < p.count; i += ${normParts * 256}) {
    let g = heap[p.gradient + i];
    sum += g * g;
  }
  sum = total(sum, index);
  if (index == 0) { heap[p.spare + i32(group.x)] = sum; }
}
`,
        reduction: { lanes: 256, of: 'f32' },
        workgroups: () => [normParts],
      },
      each(
        'clipping of the norm',
        ['count'],
        `var squares = 0.0;
    for (var part = 0; part < ${normParts}; part++) { squares += heap[p.spare + part]; }
    let norm = sqrt(squares);
    if (norm > p.limit) { heap[p.gradient + i] *= p.limit / norm; }`,
      ),
    ],
  },
} satisfies Shaders;
