/**
 * Losses with their gradients on WebGPU, by one workgroup, a thread a row: Σ weight · loss goes to `p.loss`, the
 * gradient of that sum times `scale` to `gradient`. As loss/assembly.ts has them.
 */
import { each, type Pass, type Shaders } from '../webgpu/shader.ts';

const threads = 256;

/** @param body of a row's loss, which writes its gradient; `row` and `weight` are given, `loss` is to be set */
function lossPass(name: string, body: string): Pass {
  return {
    name,
    code: `
@compute @workgroup_size(${threads})
fn main(@builtin(local_invocation_index) index: u32) {
  var sum = 0.0;
  for (var row = i32(index); row < p.rows; row += ${threads}) {
    let weight = heap[p.weights + row];
    var loss = 0.0;
    ${body}
    sum += weight * loss;
  }
  sum = total(sum, index);
  if (index == 0) { heap[p.loss] = sum; }
}
`,
    reduction: { lanes: threads, of: 'f32' },
    workgroups: () => [1],
  };
}

const places = ['logits', 'targets', 'weights', 'gradient'];

export const lossShaders = {
  categoricalLoss: {
    parameters: [...places, 'rows', 'classes', 'scale'],
    places,
    floats: ['scale'],
    givesLoss: true,
    passes: [
      lossPass(
        'categorical loss',
        `let first = row * p.classes;
    var most = heap[p.logits + first];
    for (var k = 1; k < p.classes; k++) { most = max(most, heap[p.logits + first + k]); }
    var powers = 0.0;
    var dot = 0.0;
    for (var k = 0; k < p.classes; k++) {
      let shifted = heap[p.logits + first + k] - most;
      let power = exp(shifted);
      heap[p.gradient + first + k] = power;
      dot += shifted * heap[p.targets + first + k];
      powers += power;
    }
    loss = log(powers) - dot;
    for (var k = 0; k < p.classes; k++) {
      let share = heap[p.gradient + first + k] / powers;
      heap[p.gradient + first + k] = (share - heap[p.targets + first + k]) * p.scale * weight;
    }`,
      ),
    ],
  },
  binaryLoss: {
    parameters: [...places, 'rows', 'scale'],
    places,
    floats: ['scale'],
    givesLoss: true,
    passes: [
      lossPass(
        'binary loss',
        `let z = heap[p.logits + row];
    let y = heap[p.targets + row];
    let power = exp(-abs(z));
    loss = max(z, 0.0) - z * y + log(1.0 + power);
    let answer = select(power, 1.0, z >= 0.0) / (1.0 + power);
    heap[p.gradient + row] = p.scale * weight * (answer - y);`,
      ),
    ],
  },
  squaredLoss: {
    parameters: [...places, 'rows', 'scale'],
    places,
    floats: ['scale'],
    givesLoss: true,
    passes: [
      lossPass(
        'squared loss',
        `let error = heap[p.logits + row] - heap[p.targets + row];
    loss = error * error;
    heap[p.gradient + row] = p.scale * weight * 2.0 * error;`,
      ),
    ],
  },
  regularise: {
    parameters: ['gradient', 'weight', 'count', 'l2', 'l1'],
    places: ['gradient', 'weight'],
    floats: ['l2', 'l1'],
    passes: [
      each(
        'regularise',
        ['count'],
        'let w = heap[p.weight + i]; heap[p.gradient + i] += p.l2 * w + p.l1 * sign(w);',
      ),
    ],
  },
} satisfies Shaders;
