import { expect, test } from 'vitest';
import { Random } from '../../src/lib/random.ts';
import { buildNetwork, type Network } from '../../src/models/engine/network.ts';
import { memory, tidy } from '../../src/models/engine/tf.ts';
import { startBackend } from '../../src/training/engine/backend.ts';
import { createBatches } from '../../src/training/engine/batches.ts';
import { lossOf } from '../../src/training/engine/objective.ts';
import { createStepRunner } from '../../src/training/engine/step-runner.ts';
import { cases, configOf, dataOf, everyRow, specOf, type Case } from '../support/tiny-network.ts';

/** Weights and what is kept beside them, as one array. */
async function weightsOf(network: Network): Promise<Float32Array> {
  return new Float32Array((await network.pack()).bytes);
}

/** The regularised mean loss that a step goes down on, at the weights as they are. */
function lossAt(network: Network, { weighted, ...rest }: Case): number {
  const data = dataOf({ weighted: weighted ?? false, ...rest });
  const { l1, l2 } = configOf(rest);
  const batches = createBatches(data, 'cpu');
  const loss = tidy(() => {
    const { x, y, weights } = batches.take(everyRow);
    const outputs = network.forward(x, { training: true, random: new Random(9) });
    return lossOf(data.targets.type, outputs, y, weights).dataSync()[0] ?? NaN;
  });
  let penalty = 0;
  for (const { variable, isKernel } of network.trainable)
    if (isKernel)
      for (const w of variable.dataSync()) penalty += l1 * Math.abs(w) + (l2 / 2) * w * w;
  return loss / everyRow.length + penalty;
}

const plain = cases.filter(({ optimizer, clipping }) => !optimizer && !clipping);

test.each(plain)('$name: a step goes down the gradient that differences find', async (example) => {
  await startBackend('cpu');
  const spec = specOf(example);
  const config = configOf(example);
  const network = buildNetwork(spec, 3);
  const before = await weightsOf(network);
  const train = dataOf(example);
  const runner = await createStepRunner({ network, backend: 'cpu', config, l2: config.l2, train });
  runner.step(everyRow, config.learningRate, new Random(9));
  const after = await weightsOf(network);
  const { tensors } = await network.pack();
  const shift = 1e-3; // small beside the kinks of relu and |w|, large beside the rounding of float32
  let at = 0;
  for (const { name, shape } of tensors) {
    const size = shape.reduce((product, n) => product * n, 1);
    for (let i = at; i < at + size && !name.includes('moving'); i++) {
      const lossWith = (delta: number) => {
        const moved = before.slice();
        moved[i] = (before[i] ?? 0) + delta;
        network.load({ tensors, bytes: moved.buffer });
        return lossAt(network, example);
      };
      const difference = (lossWith(shift) - lossWith(-shift)) / (2 * shift);
      const gradient = ((before[i] ?? 0) - (after[i] ?? 0)) / config.learningRate;
      expect(Math.abs(gradient - difference), `${name}[${i - at}]`).toBeLessThan(
        2e-3 + 0.01 * Math.abs(difference),
      );
    }
    at += size;
  }
  runner.dispose();
  network.dispose();
});

test('10,000 steps leave no tensor behind', { timeout: 120_000 }, async () => {
  await startBackend('cpu');
  const [example] = cases.filter(({ name }) => name === 'batch norm');
  if (!example) throw new Error('no such case');
  const config = configOf({
    ...example,
    optimizer: { type: 'rmsprop', decay: 0.9, epsilon: 1e-7 },
  });
  const start = memory().numTensors;
  const network = buildNetwork(specOf(example), 1);
  const train = dataOf(example);
  const runner = await createStepRunner({ network, backend: 'cpu', config, l2: 0, train });
  const random = new Random(1);
  const counts: number[] = [];
  for (let step = 1; step <= 10_000; step++) {
    runner.step(everyRow.subarray(0, 4), 0.001, random);
    if (step % 100 === 0) await runner.readLosses();
    if (step === 100 || step === 10_000) counts.push(memory().numTensors, memory().numBytes);
  }
  expect(counts.slice(2)).toEqual(counts.slice(0, 2));
  runner.dispose();
  network.dispose();
  expect(memory().numTensors).toBe(start);
});
