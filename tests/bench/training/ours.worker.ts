/** The studio's own training steps: planned ones on wasm, whatever createStepRunner gives on other backends. */
import { Random } from '../../../src/lib/random.ts';
import { buildNetwork } from '../../../src/models/engine/network.ts';
import { startBackend } from '../../../src/training/engine/backend.ts';
import type { TrainingRows } from '../../../src/training/engine/batches.ts';
import { createFactorisationSteps } from '../../../src/training/engine/kernels/factorisation/steps.ts';
import { createPlannedSteps } from '../../../src/training/engine/kernels/planned-steps.ts';
import { createStepRunner } from '../../../src/training/engine/step-runner.ts';
import type { StepJob, StepRunner } from '../../../src/training/engine/steps.ts';
import { defaultConfig, mlp } from '../../../src/training/learners.ts';
import { backends, type Backend, type OptimizerSpec } from '../../../src/training/run.ts';
import { batchStarts, rateOf, serve, type Trainer } from './contestant.ts';
import {
  adam,
  examplesOf,
  factorisation,
  learningRate,
  packed,
  ratingsOf,
  specOf,
  startOf,
  type SpecName,
} from './networks.ts';

const optimizer: OptimizerSpec = { type: 'adam', ...adam, weightDecay: 0 };
/** As the loop reads losses on wasm and on a GPU. */
const stepsBetweenReads = 20;

serve(async (net, batch, name) => {
  const backend = backends.find((one) => one === name);
  if (!backend) throw new Error(`there is no backend "${name}"`);
  if (net !== 'mf') return networkTrainer(net, batch, backend);
  if (backend !== 'wasm') throw new Error('matrix factorisation has steps on wasm alone');
  return factorisationTrainer(batch);
});

async function networkTrainer(net: SpecName, batch: number, backend: Backend): Promise<Trainer> {
  await startBackend(backend);
  const { features, labels, rows, classes } = await examplesOf(net);
  const network = buildNetwork(specOf(net), 1);
  const tensors = network.variables.map((one) => ({ name: one.name, shape: one.shape }));
  network.load({ tensors, bytes: packed(startOf(net)).buffer });
  const train: TrainingRows = {
    features,
    width: features.length / rows,
    targets: { type: 'classes', classes, values: labels },
    weights: null,
  };
  const config = { ...defaultConfig(mlp, 'y'), optimizer, learningRate, batchSize: batch };
  const runner = await runnerOf({ network, backend, config, l2: 0, train });
  await runner.loadWeights();
  const random = new Random(1);
  const inOrder = Uint32Array.from({ length: rows }, (_, i) => i);
  const shuffled = random.shuffle(inOrder.slice());
  const run = async (order: Uint32Array, next: () => number, steps: number) => {
    for (let i = 0; i < steps; i++) {
      const from = next();
      runner.step(order.subarray(from, from + batch), learningRate, random);
    }
    return runner.readLosses();
  };
  const next = batchStarts(rows, batch);
  return {
    losses: async (steps) => {
      const losses = await run(inOrder, batchStarts(rows, batch), steps);
      return losses.map(({ sum }) => sum / batch);
    },
    measure: (ms) =>
      rateOf(batch, ms, stepsBetweenReads, async (steps) => {
        await run(shuffled, next, steps);
      }),
    dispose() {
      runner.dispose();
      network.dispose();
    },
  };
}

async function runnerOf(job: StepJob): Promise<StepRunner> {
  if (job.backend !== 'wasm') return createStepRunner(job);
  const runner = createPlannedSteps(job); // no falling back to tfjs unseen
  if (!runner) throw new Error('it is not planned');
  return runner;
}

function factorisationTrainer(batch: number): Trainer {
  const { users, items, values } = ratingsOf();
  const steps = createFactorisationSteps(
    { ...factorisation, batchSize: batch, optimizer, l2: 0 },
    packed(startOf('mf')),
  );
  if (!steps) throw new Error('it is not planned');
  const step = (from: number) => {
    const to = from + batch;
    const learned = { values: values.subarray(from, to) };
    const examples = { users: users.subarray(from, to), items: items.subarray(from, to), learned };
    return steps.step(examples, learningRate) / batch;
  };
  const next = batchStarts(values.length, batch);
  return {
    losses(count) {
      const from = batchStarts(values.length, batch);
      return Promise.resolve(Array.from({ length: count }, () => step(from())));
    },
    measure: (ms) =>
      rateOf(batch, ms, stepsBetweenReads, (count) => {
        for (let i = 0; i < count; i++) step(next());
      }),
    dispose: () => undefined,
  };
}
