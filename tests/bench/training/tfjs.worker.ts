/**
 * Stock tfjs: `model.fit` of tfjs-layers; what has no layers (attention, factorisation) by core operations and
 * `optimizer.minimize`, as its guides do.
 */
import {
  add,
  dispose,
  gather,
  getBackend,
  losses as lossFunctions,
  mul,
  reshape,
  scalar,
  slice,
  setBackend,
  sum,
  tensor,
  tensor1d,
  tensor2d,
  train,
  variable,
  type Scalar,
  type Tensor,
  type Tensor2D,
  type Variable,
} from '@tensorflow/tfjs-core';
import { Random } from '../../../src/lib/random.ts';
import { buildNetwork } from '../../../src/models/engine/network.ts';
import { startBackend } from '../../../src/training/engine/backend.ts';
import { locateWasm } from '../../../src/training/engine/wasm-backend.ts';
import { backends, type Backend } from '../../../src/training/run.ts';
import { batchStarts, rateOf, serve, type Trainer } from './contestant.ts';
import { layersModel } from './layers-models.ts';
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
import { fillInKernels } from './stock-kernels.ts';

serve(async (net, batch, name) => {
  const backend = backends.find((one) => one === name);
  if (!backend) throw new Error(`there is no backend "${name}"`);
  await startStock(backend);
  if (net === 'mf') return factorisationTrainer(batch);
  return (await fitTrainer(net, batch)) ?? networkTrainer(net, batch);
});

/** Without the studio's kernels, which would be the other contestant's. */
async function startStock(backend: Backend) {
  if (backend === 'webgpu') await import('@tensorflow/tfjs-backend-webgpu');
  else if (backend === 'wasm') locateWasm();
  else return startBackend(backend); // the studio has no kernels there
  if (!(await setBackend(backend))) throw new Error(`${backend} cannot be started`);
  if (backend === 'wasm') fillInKernels();
}

async function tensorsOf(net: SpecName): Promise<{ x: Tensor; y: Tensor2D; rows: number }> {
  const { features, labels, rows, classes } = await examplesOf(net);
  const { inputShape } = specOf(net);
  // By hand: on wasm, oneHot writes integers into a tensor of floats.
  const y = new Float32Array(rows * classes);
  labels.forEach((label, row) => (y[row * classes + label] = 1));
  return {
    x: tensor(features, [rows, ...inputShape]),
    y: tensor2d(y, [rows, classes]),
    rows,
  };
}

function rowsOf(x: Tensor, from: number, count: number): Tensor {
  const [, ...shape] = x.shape;
  return slice(x, [from, ...shape.map(() => 0)], [count, ...shape]);
}

async function fitTrainer(net: SpecName, batch: number): Promise<Trainer | null> {
  const built = layersModel(net);
  if (!built) return null;
  const { model, hasOurStart } = built;
  const { x, y, rows } = await tensorsOf(net);
  let rate = 0;
  const losses = async (steps: number) => {
    const next = batchStarts(rows, batch);
    const found: number[] = [];
    for (let i = 0; i < steps; i++) {
      const from = next();
      const [inputs, labels] = [rowsOf(x, from, batch), rowsOf(y, from, batch)];
      found.push((await model.trainOnBatch(inputs, labels)) as number); // of one loss and no metric
      dispose([inputs, labels]);
    }
    return found;
  };
  return {
    losses: hasOurStart ? losses : null,
    async measure(ms) {
      // An epoch of as many batches as are likely to take so long: fit has a start and an end.
      const wanted = Math.round((rate * ms) / 1000 / batch);
      const count = batch * Math.max(1, Math.min(wanted, Math.floor(rows / batch)));
      const [inputs, labels] = [rowsOf(x, 0, count), rowsOf(y, 0, count)];
      rate = await rateOf(count, ms, 1, async () => {
        await model.fit(inputs, labels, { batchSize: batch, epochs: 1 });
      });
      dispose([inputs, labels]);
      return rate;
    },
    dispose() {
      model.dispose();
      dispose([x, y]);
    },
  };
}

/** The studio's composition of core operations, as a stand-in for the layers that there aren't. */
async function networkTrainer(net: SpecName, batch: number): Promise<Trainer> {
  const { x, y, rows } = await tensorsOf(net);
  const network = buildNetwork(specOf(net), 1);
  const tensors = network.variables.map((one) => ({ name: one.name, shape: one.shape }));
  network.load({ tensors, bytes: packed(startOf(net)).buffer });
  const random = new Random(1);
  return minimizer(
    batch,
    rows,
    network.trainable.map((one) => one.variable),
    (from) => {
      const inputs = rowsOf(x, from, batch) as Tensor2D; // tokens
      const logits = network.forward(inputs, { training: true, random });
      return lossFunctions.softmaxCrossEntropy(rowsOf(y, from, batch), logits);
    },
  );
}

function factorisationTrainer(batch: number): Trainer {
  const { users, items, values } = ratingsOf();
  const [ofUsers, ofItems, answers] = [
    tensor1d(users, 'int32'),
    tensor1d(items, 'int32'),
    tensor1d(values),
  ];
  const tables = startOf('mf').map((one) => variable(tensor(one.values, one.shape)));
  const [userTable, itemTable, userBiases, itemBiases] = tables as [
    ...[Variable, Variable, Variable, Variable], // startOf gives four
  ];
  return minimizer(batch, values.length, tables, (from) => {
    const [user, item] = [slice(ofUsers, from, batch), slice(ofItems, from, batch)];
    const product = sum(mul(gather(userTable, user), gather(itemTable, item)), 1);
    const biases = add(gather(userBiases, user), gather(itemBiases, item));
    const answer = add(add(product, biases), scalar(factorisation.constant));
    return lossFunctions.meanSquaredError(slice(answers, from, batch), answer);
  });
}

/** Reading waits for a GPU; on the others it costs nothing, and steps are long. */
const stepsBetweenReads = () => (['webgpu', 'webgl'].includes(getBackend()) ? 20 : 1);

function minimizer(
  batch: number,
  rows: number,
  variables: Variable[],
  loss: (from: number) => Tensor,
): Trainer {
  const optimizer = train.adam(learningRate, adam.beta1, adam.beta2, adam.epsilon);
  const step = (from: number): Scalar => {
    const cost = optimizer.minimize(() => reshape(loss(from), []), true, variables);
    if (!cost) throw new Error('minimize gave no cost');
    return cost;
  };
  const next = batchStarts(rows, batch);
  return {
    async losses(steps) {
      const from = batchStarts(rows, batch);
      const found: number[] = [];
      for (let i = 0; i < steps; i++) {
        const cost = step(from());
        found.push((await cost.data())[0] ?? NaN);
        cost.dispose();
      }
      return found;
    },
    measure: (ms) =>
      rateOf(batch, ms, stepsBetweenReads(), async (steps) => {
        for (let i = 1; i < steps; i++) step(next()).dispose();
        const last = step(next());
        await last.data(); // a device has only queued them so far
        last.dispose();
      }),
    dispose: () => undefined, // its worker ends
  };
}
