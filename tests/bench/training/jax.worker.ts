/** jax-js: loss, gradients and Adam as one jitted function, on batches that lie ready on the device. */
import {
  blockUntilReady,
  defaultDevice,
  devices,
  init,
  jit,
  numpy as np,
  tree,
  valueAndGrad,
} from '@jax-js/jax';
import { batchStarts, rateOf, serve } from './contestant.ts';
import { lossOf, parametersOf } from './jax-losses.ts';
import { adam, examplesOf, learningRate, ratingsOf, specOf, type NetName } from './networks.ts';

type Values = np.Array;

serve(async (net, batch, name) => {
  const device = devices.find((one) => one === name);
  if (!device || !(await init(device)).includes(device))
    throw new Error(`jax-js has no device "${name}" here`);
  defaultDevice(device);
  const step = stepOf(net);
  const batches = await batchesOf(net, batch);
  let parameters = parametersOf(net).map(({ values, shape }) => np.array(values, { shape }));
  let first = parameters.map((one) => np.zeros(one.shape));
  let second = parameters.map((one) => np.zeros(one.shape));
  let steps = 0;
  const take = (at: number): Values => {
    steps++;
    const corrections = [adam.beta1, adam.beta2].map((beta) => np.array(1 - beta ** steps));
    const inputs = tree.ref([...(batches[at] ?? [])]);
    const [next, loss] = step(parameters, first, second, corrections, inputs);
    [parameters, first, second] = next;
    return loss;
  };
  const next = batchStarts(batches.length, 1);
  return {
    async losses(count) {
      const at = batchStarts(batches.length, 1);
      const found: number[] = [];
      for (let i = 0; i < count; i++) found.push(await numberOf(take(at())));
      return found;
    },
    measure: (ms) =>
      rateOf(batch, ms, 1, async () => {
        const loss = take(next());
        await blockUntilReady(loss);
        loss.dispose();
      }),
    dispose: () => undefined, // its worker ends
  };
});

/** Of a scalar, which it uses up. */
async function numberOf(value: Values): Promise<number> {
  const [number = NaN] = (await value.data()) as Float32Array; // arrays are of float32 unless told
  return number;
}

type State = [parameters: Values[], first: Values[], second: Values[]];

function stepOf(net: NetName) {
  const gradientOf = valueAndGrad(lossOf(net));
  const { beta1, beta2, epsilon } = adam;
  return jit(
    (
      parameters: Values[],
      first: Values[],
      second: Values[],
      corrections: Values[],
      batch: Values[],
    ): [State, Values] => {
      const [loss, gradients] = gradientOf(tree.ref(parameters), ...batch);
      const [c1, c2] = corrections as [Values, Values]; // as take gives them
      const means = first.map((m, i) => m.mul(beta1).add(of(gradients, i).ref.mul(1 - beta1)));
      const squares = second.map((v, i) =>
        v.mul(beta2).add(np.square(of(gradients, i)).mul(1 - beta2)),
      );
      const weights = parameters.map((w, i) => {
        const mean = of(means, i).ref.mul(learningRate).div(c1.ref);
        const deviation = np.sqrt(of(squares, i).ref.div(c2.ref)).add(epsilon);
        return w.sub(mean.div(deviation));
      });
      tree.dispose(corrections);
      return [[weights, means, squares], loss];
    },
  );
}

function of(all: readonly Values[], i: number): Values {
  const one = all[i];
  if (!one) throw new Error(`there is no parameter ${i}`);
  return one;
}

/** As many batches as the comparison of losses takes; all there are would be memory for nothing. */
const kept = 20;

async function batchesOf(net: NetName, batch: number): Promise<Values[][]> {
  if (net === 'mf') {
    const { users, items, values } = ratingsOf();
    return partsOf(values.length, batch, (from, to) => [
      np.array(users.slice(from, to), { shape: [batch] }),
      np.array(items.slice(from, to), { shape: [batch] }),
      np.array(values.slice(from, to), { shape: [batch] }),
    ]);
  }
  const { features, labels, rows, classes } = await examplesOf(net);
  const [height = 1, width = 1, channels = 1] = specOf(net).inputShape;
  const size = features.length / rows;
  const isImage = specOf(net).inputShape.length === 3;
  const isText = net === 'lstm' || net === 'gru' || net === 'transformer';
  return partsOf(rows, batch, (from, to) => {
    const x = features.slice(from * size, to * size);
    const y = new Float32Array(batch * classes);
    for (let row = from; row < to; row++) y[(row - from) * classes + (labels[row] ?? 0)] = 1;
    return [
      isImage
        ? np.array(planes(x, batch, height * width, channels), {
            shape: [batch, channels, height, width],
          })
        : isText
          ? np.array(Int32Array.from(x), { shape: [batch, size] })
          : np.array(x, { shape: [batch, size] }),
      np.array(y, { shape: [batch, classes] }),
    ];
  });
}

function partsOf<T>(rows: number, batch: number, part: (from: number, to: number) => T): T[] {
  const count = Math.min(kept, Math.floor(rows / batch));
  return Array.from({ length: count }, (_, i) => part(i * batch, (i + 1) * batch));
}

/** [batch, places, channels] → [batch, channels, places] */
function planes(x: Float32Array, batch: number, places: number, channels: number): Float32Array {
  const moved = new Float32Array(x.length);
  for (let n = 0; n < batch; n++)
    for (let place = 0; place < places; place++)
      for (let c = 0; c < channels; c++)
        moved[(n * channels + c) * places + place] = x[(n * places + place) * channels + c] ?? 0;
  return moved;
}
