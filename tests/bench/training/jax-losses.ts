/**
 * The benchmark's networks in jax-js, as functions from parameters and a batch to the mean loss. Every function owns
 * what it is given (jax-js counts references); images are [batch, channels, height, width].
 */
import { lax, nn, numpy as np, tree } from '@jax-js/jax';
import { factorisation, startOf, type NetName, type Parameter, type SpecName } from './networks.ts';

type Values = np.Array;

interface JaxNetwork {
  /** From our layouts to those of jax-js. */
  parameters(): Parameter[];
  /** @returns logits */
  forward(parameters: readonly Values[], x: Values): Values;
}

export function lossOf(net: NetName): (parameters: Values[], ...batch: Values[]) => Values {
  if (net === 'mf') return factorisationLoss;
  const network = networks[net];
  return (parameters, ...batch) => {
    const [x, y] = batch as [Values, Values]; // inputs and one-hot labels
    return nn.logSoftmax(network.forward(parameters, x)).mul(y).sum(-1).mean().mul(-1);
  };
}

export function parametersOf(net: NetName): Parameter[] {
  return net === 'mf' ? startOf(net) : networks[net].parameters();
}

const perceptron: JaxNetwork = {
  parameters: () => startOf('mlp'),
  forward(parameters, x) {
    const [w1, b1, w2, b2] = parameters as Four;
    return np.dot(nn.relu(np.dot(x, w1).add(b1)), w2).add(b2);
  },
};

const networks: Record<SpecName, JaxNetwork> = {
  digits: perceptron,
  mlp: perceptron,
  cnn: {
    parameters() {
      const [k1, b1, k2, b2, w, b] = startOf('cnn') as Six<Parameter>;
      return [kernel(k1), perChannel(b1), kernel(k2), perChannel(b2), channelsFirst(w, 49, 32), b];
    },
    forward(parameters, x) {
      const [k1, b1, k2, b2, w, b] = parameters as Six<Values>;
      const first = pooled(nn.relu(lax.conv(x, k1, [1, 1], 'SAME').add(b1)), 16, 14);
      const second = pooled(nn.relu(lax.conv(first, k2, [1, 1], 'SAME').add(b2)), 32, 7);
      return np.dot(second.reshape([-1, 1568]), w).add(b);
    },
  },
  depthwise: {
    parameters: () =>
      startOf('depthwise')
        .filter(({ name }) => !name.includes('/moving-'))
        .map((one) => {
          if (one.name.includes('depthwise')) return kernel({ ...one, shape: [3, 3, 1, 16] });
          if (one.shape.length === 4) return kernel(one);
          return one.name.includes('batch-norm') ? perChannel(one) : one;
        }),
    forward(parameters, x) {
      const [k1, g1, b1, k2, g2, b2, k3, g3, b3, w, b] = parameters as Eleven;
      const first = normed(lax.conv(x, k1, [2, 2], 'SAME'), g1, b1);
      const groups = { featureGroupCount: 16 };
      const middle = lax.convGeneralDilated(first, k2, [1, 1], 'SAME', groups);
      const last = normed(lax.conv(normed(middle, g2, b2), k3, [1, 1], 'SAME'), g3, b3);
      return np.dot(last.mean([2, 3]), w).add(b);
    },
  },
  lstm: { parameters: () => startOf('lstm'), forward: recurrent(lstmStep, false) },
  gru: { parameters: () => startOf('gru'), forward: recurrent(gruStep, true) },
  transformer: {
    parameters: () =>
      startOf('transformer').flatMap((one) => {
        // Queries, keys and values as three projections: slices of one would be copied.
        if (one.shape.at(-1) !== 192) return [one];
        return [0, 1, 2].map((part) => columns(one, 64 * part, 64));
      }),
    forward(parameters, x) {
      const [table, places, g1, b1, wq, wk, wv, cq, ck, cv, wo, co, g2, b2, w1, c1, w2, c2, w, b] =
        parameters as Twenty;
      const h = table.slice(x).add(places);
      const a = layerNorm(h.ref, g1, b1);
      const heads = (values: Values) => values.reshape([-1, 40, 4, 16]);
      const mixed = nn.dotProductAttention(
        heads(np.dot(a.ref, wq).add(cq)),
        heads(np.dot(a.ref, wk).add(ck)),
        heads(np.dot(a, wv).add(cv)),
      );
      const attended = h.add(np.dot(mixed.reshape([-1, 40, 64]), wo).add(co));
      const wide = nn.gelu(np.dot(layerNorm(attended.ref, g2, b2), w1).add(c1));
      return np.dot(attended.add(np.dot(wide, w2).add(c2)).mean(1), w).add(b);
    },
  },
};

/** Without a scan, step after step is written out: forty copies in one function. */
function recurrent(step: Step, hasRecurrentBias: boolean): JaxNetwork['forward'] {
  return (parameters, x) => {
    const [table, kernel, recurrentKernel, bias, ...others] = parameters as [...Four, ...Values[]];
    const recurrentBias = hasRecurrentBias ? others.shift() : undefined;
    const [w, b] = others as [Values, Values]; // of the dense layer
    const batch = x.shape[0] ?? 1;
    const rows = x.reshape([-1]);
    // Times one, which jax-js can't know: 0.1.25 won't scatter a gradient that is the mere view of another.
    const one = np.minimum(rows.ref.reshape([-1, 1]).add(1), 1).astype(np.float32);
    const embedded = table.slice(rows).mul(one); // [batch · 40, 32]
    const projected = np.dot(embedded, kernel).add(bias).reshape([batch, 40, -1]);
    let state: State = [np.zeros([batch, units]), np.zeros([batch, units])];
    for (let t = 0; t < 40; t++) {
      const [hidden, cell] = state;
      const product = np.dot(hidden.ref, recurrentKernel.ref);
      const recurrence = recurrentBias ? product.add(recurrentBias.ref) : product;
      state = step(projected.ref.slice([], t), recurrence, [hidden, cell]);
    }
    tree.dispose([projected, recurrentKernel, recurrentBias ?? [], state[1]]);
    return np.dot(state[0], w).add(b);
  };
}

const units = 64;
/** Hidden and cell; a GRU's cell stays as it is. */
type State = [Values, Values];
type Step = (now: Values, recurrence: Values, state: State) => State;

const gate = (z: Values, i: number) => z.slice([], [i * units, (i + 1) * units]);

function lstmStep(now: Values, recurrence: Values, [hidden, cell]: State): State {
  hidden.dispose();
  const z = now.add(recurrence);
  const kept = nn.sigmoid(gate(z.ref, 1)).mul(cell);
  const next = kept.add(nn.sigmoid(gate(z.ref, 0)).mul(np.tanh(gate(z.ref, 2))));
  return [nn.sigmoid(gate(z, 3)).mul(np.tanh(next.ref)), next];
}

function gruStep(now: Values, recurrence: Values, [hidden, cell]: State): State {
  const update = nn.sigmoid(gate(now.ref, 0).add(gate(recurrence.ref, 0)));
  const reset = nn.sigmoid(gate(now.ref, 1).add(gate(recurrence.ref, 1)));
  const candidate = np.tanh(gate(now, 2).add(reset.mul(gate(recurrence, 2))));
  const fresh = candidate.ref.mul(-1).add(hidden).mul(update).add(candidate);
  return [fresh, cell];
}

function factorisationLoss(tables: Values[], ...batch: Values[]): Values {
  const [users, items, userBiases, itemBiases] = tables as Four;
  const [user, item, y] = batch as [Values, Values, Values]; // as the worker gives them
  const product = users.slice(user.ref).mul(items.slice(item.ref)).sum(1);
  const biases = userBiases.slice(user).add(itemBiases.slice(item));
  return np.square(product.add(biases).add(factorisation.constant).sub(y)).mean();
}

/** Largest of 2 × 2. */
function pooled(x: Values, channels: number, half: number): Values {
  return np.max(x.reshape([-1, channels, half, 2, half, 2]), [3, 5]);
}

/** Batch norm and ReLU. */
function normed(x: Values, gamma: Values, beta: Values): Values {
  return nn.relu(nn.standardize(x, [0, 2, 3], { epsilon: 1e-3 }).mul(gamma).add(beta));
}

function layerNorm(x: Values, gamma: Values, beta: Values): Values {
  return nn.standardize(x, -1, { epsilon: 1e-5 }).mul(gamma).add(beta);
}

/** [height, width, inputs, filters] → [filters, inputs, height, width] */
function kernel({ name, shape, values }: Parameter): Parameter {
  const [height = 1, width = 1, inputs = 1, filters = 1] = shape;
  const area = height * width;
  const moved = new Float32Array(values.length);
  for (let place = 0; place < area; place++)
    for (let i = 0; i < inputs; i++)
      for (let f = 0; f < filters; f++)
        moved[(f * inputs + i) * area + place] = values[(place * inputs + i) * filters + f] ?? 0;
  return { name, shape: [filters, inputs, height, width], values: moved };
}

const perChannel = (one: Parameter): Parameter => ({ ...one, shape: [...one.shape, 1, 1] });

/** Rows of a dense kernel after flattening, from [places, channels] to [channels, places]. */
function channelsFirst({ name, shape, values }: Parameter, places: number, channels: number) {
  const width = shape[1] ?? 1;
  const moved = new Float32Array(values.length);
  for (let place = 0; place < places; place++)
    for (let c = 0; c < channels; c++) {
      const row = (place * channels + c) * width;
      moved.set(values.subarray(row, row + width), (c * places + place) * width);
    }
  return { name, shape, values: moved };
}

function columns({ name, shape, values }: Parameter, from: number, count: number): Parameter {
  const width = shape.at(-1) ?? 1;
  const rows = values.length / width;
  const part = new Float32Array(rows * count);
  for (let row = 0; row < rows; row++)
    part.set(values.subarray(row * width + from, row * width + from + count), row * count);
  return { name, shape: [...shape.slice(0, -1), count], values: part };
}

type Four = [Values, Values, Values, Values];
type Six<T> = [T, T, T, T, T, T];
type Eleven = [...Six<Values>, ...Four, Values];
type Twenty = [...Six<Values>, ...Six<Values>, ...Four, ...Four];
