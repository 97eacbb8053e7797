/** Optimisers' updates on WebGPU, of all weights at once, in place: as update/assembly.ts has them. */
import { each, type Shaders } from '../webgpu/shader.ts';

export const updateShaders = {
  updateSgd: {
    parameters: ['weight', 'gradient', 'velocity', 'count', 'rate', 'momentum', 'nesterov'],
    places: ['weight', 'gradient', 'velocity'],
    floats: ['rate', 'momentum'],
    passes: [
      each(
        'SGD',
        ['count'],
        `let g = heap[p.gradient + i];
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
    parameters: ['weight', 'gradient', 'average', 'count', 'rate', 'decay', 'epsilon'],
    places: ['weight', 'gradient', 'average'],
    floats: ['rate', 'decay', 'epsilon'],
    passes: [
      each(
        'RMSprop',
        ['count'],
        `let g = heap[p.gradient + i];
    let a = p.decay * heap[p.average + i] + (1.0 - p.decay) * g * g;
    heap[p.average + i] = a;
    heap[p.weight + i] -= p.rate * g / (sqrt(a) + p.epsilon);`,
      ),
    ],
  },
} satisfies Shaders;
