/**
 * A network's training step as a fixed list of kernel calls on buffers laid out once: a step allocates
 * nothing and touches no tensor. For dense layers and dropout on WebAssembly; other networks go through tfjs.
 */
import type { Random } from '../../../lib/random.ts';
import { activations } from '../../../models/spec.ts';
import { outputsOf, targetRows } from '../objective.ts';
import type { StepJob, StepRunner } from '../steps.ts';
import { Arena } from './arena.ts';
import { startKernels, type Kernels } from './kernels.ts';
import { planUpdate, slotsOf } from './planned-update.ts';

interface DenseStep {
  type: 'dense';
  inWidth: number;
  units: number;
  kind: number;
  input: number;
  kernel: number;
  /** 0 for none. */
  bias: number;
  kernelGradient: number;
  biasGradient: number;
  z: number;
  y: number;
}

interface DropoutStep {
  type: 'dropout';
  width: number;
  rate: number;
  input: number;
  mask: number;
  output: number;
}

const mostBytes = 2 ** 31 - 2 ** 24;

/** Null for a network with layers that have no kernels, or where WebAssembly has no vectors. */
export function createPlannedSteps(job: StepJob): StepRunner | null {
  const { network, config, train, l2 } = job;
  const arena = new Arena();
  const rows = Math.min(config.batchSize, train.targets.values.length);
  const parameters = network.trainable.reduce((sum, { variable }) => sum + variable.size, 0);
  const weights = arena.floats(parameters);
  const gradients = arena.floats(parameters);
  const slots = slotsOf(config.optimizer).map(() => arena.floats(parameters));
  const x = arena.floats(rows * train.width);
  const plan = planLayers(job, arena, { rows, x, weights, gradients });
  if (!plan) return null;
  const { steps, output, widest } = plan;
  const outputs = outputsOf(train.targets);
  const targets = arena.floats(rows * outputs);
  const rowWeights = arena.floats(rows);
  const slopes: [number, number] = [arena.floats(rows * widest), arena.floats(rows * widest)];
  const scratch = arena.bytes;
  const needed = scratch + scratchBytes(steps, rows);
  if (needed > mostBytes) return null;
  const kernels = startKernels(needed);
  if (!kernels) return null;
  const { floats } = kernels;
  const update = planUpdate(kernels, config.optimizer, { weights, gradients, slots, parameters });
  const run = { kernels, steps, scratch, slopes };
  const lossOf = {
    numbers: kernels.squaredLoss,
    classes: kernels.binaryLoss,
  }[train.targets.type];
  let losses: { sum: number; rows: number }[] = [];

  return {
    get unread() {
      return losses.length;
    },
    step(batch, learningRate, dropout) {
      const count = batch.length;
      fillBatch(job, batch, floats, { x, targets, rowWeights });
      forward(run, count, dropout);
      const [slope] = slopes;
      const sum =
        outputs > 1
          ? kernels.categoricalLoss(output, targets, rowWeights, slope, count, outputs, 1 / count)
          : lossOf(output, targets, rowWeights, slope, count, 1 / count);
      backward(run, count);
      if (l2 > 0 || config.l1 > 0)
        for (const step of steps)
          if (step.type === 'dense')
            kernels.regularise(
              step.kernelGradient,
              step.kernel,
              step.inWidth * step.units,
              l2,
              config.l1,
            );
      update.apply(learningRate);
      losses.push({ sum, rows: count });
    },
    readLosses() {
      const read = losses;
      losses = [];
      return Promise.resolve(read);
    },
    async loadWeights() {
      floats.set(new Float32Array((await network.pack()).bytes), weights / 4);
    },
    storeWeights() {
      const tensors = network.variables.map(({ name, shape }) => ({ name, shape }));
      const { buffer } = floats.slice(weights / 4, weights / 4 + parameters);
      network.load({ tensors, bytes: buffer });
      return Promise.resolve();
    },
    saveOptimizer: () =>
      Promise.resolve(update.save(network.trainable.map((t) => t.variable.size))),
    restoreOptimizer: (state) => update.restore(state),
    dispose: () => undefined, // the memory goes with the last reference to it
  };
}

function planLayers(
  { network, train }: StepJob,
  arena: Arena,
  at: { rows: number; x: number; weights: number; gradients: number },
) {
  const steps: (DenseStep | DropoutStep)[] = [];
  let input = at.x;
  let width = train.width;
  let offset = 0;
  let widest = width;
  for (const layer of network.spec.layers) {
    if (layer.type === 'dense') {
      const { units, activation } = layer;
      const hasBias = layer.useBias !== false;
      const biasOffset = offset + 4 * width * units;
      const z = arena.floats(at.rows * units);
      const y = activation === 'linear' ? z : arena.floats(at.rows * units);
      steps.push({
        type: 'dense',
        inWidth: width,
        units,
        kind: activations.indexOf(activation),
        input,
        kernel: at.weights + offset,
        bias: hasBias ? at.weights + biasOffset : 0,
        kernelGradient: at.gradients + offset,
        biasGradient: at.gradients + biasOffset,
        z,
        y,
      });
      offset = biasOffset + (hasBias ? 4 * units : 0);
      input = y;
      width = units;
      widest = Math.max(widest, units);
    } else if (layer.type === 'dropout') {
      if (layer.rate === 0) continue;
      const output = arena.floats(at.rows * width);
      const mask = arena.floats(at.rows * width);
      steps.push({ type: 'dropout', width, rate: layer.rate, input, mask, output });
      input = output;
    } else return null;
  }
  return { steps, output: input, widest };
}

interface Run {
  kernels: Kernels;
  steps: readonly (DenseStep | DropoutStep)[];
  scratch: number;
  /** Gradients of a layer's outputs and of its inputs, in turns. */
  slopes: [number, number];
}

function forward({ kernels, steps, scratch }: Run, rows: number, random: Random) {
  for (const step of steps) {
    if (step.type === 'dense') {
      const { input, inWidth, units, kernel, bias, z, y, kind } = step;
      kernels.gemm(input, inWidth, 1, kernel, units, 1, z, rows, units, inWidth, 0, scratch);
      kernels.biasActivate(z, bias, y, rows, units, kind);
      continue;
    }
    const { input, output, mask, width, rate } = step;
    const kept = 1 / (1 - rate);
    const { floats } = kernels;
    const count = rows * width;
    for (let i = mask / 4; i < mask / 4 + count; i++)
      floats[i] = random.uniform() < rate ? 0 : kept;
    floats.copyWithin(output / 4, input / 4, input / 4 + count);
    kernels.multiply(output, mask, count);
  }
}

/** From the loss's gradient in the first of `slopes` to the gradients of all weights. */
function backward({ kernels, steps, scratch, slopes }: Run, rows: number) {
  let [slope, next] = slopes;
  for (let i = steps.length - 1; i >= 0; i--) {
    const step = steps[i];
    if (!step) break;
    if (step.type === 'dropout') {
      kernels.multiply(slope, step.mask, rows * step.width);
      continue;
    }
    const { input, inWidth, units, kernel, bias, z, y, kind } = step;
    kernels.activationGradient(z, y, slope, rows * units, kind);
    // ∂L/∂W = Xᵀ · ∂L/∂z
    const { kernelGradient } = step;
    kernels.gemm(
      input,
      1,
      inWidth,
      slope,
      units,
      1,
      kernelGradient,
      inWidth,
      units,
      rows,
      0,
      scratch,
    );
    if (bias) kernels.columnSums(slope, rows, units, step.biasGradient);
    const isFirst = !steps.slice(0, i).some(({ type }) => type === 'dense');
    if (isFirst) break;
    // ∂L/∂X = ∂L/∂z · Wᵀ
    kernels.gemm(slope, units, 1, kernel, 1, units, next, rows, inWidth, units, 0, scratch);
    [slope, next] = [next, slope];
  }
}

function fillBatch(
  { train }: StepJob,
  batch: Uint32Array,
  floats: Float32Array,
  at: { x: number; targets: number; rowWeights: number },
) {
  const { features, width, targets, weights } = train;
  for (let i = 0; i < batch.length; i++) {
    const row = batch[i] ?? 0;
    const from = row * width;
    const to = at.x / 4 + i * width;
    for (let j = 0; j < width; j++) floats[to + j] = features[from + j] ?? 0;
    floats[at.rowWeights / 4 + i] = weights ? (weights[row] ?? 1) : 1;
  }
  const start = at.targets / 4;
  targetRows(targets, batch, floats.subarray(start, start + batch.length * outputsOf(targets)));
}

/** As kernels/assembly/gemm.ts's gemmScratch, for the largest of the products. */
function scratchBytes(steps: readonly (DenseStep | DropoutStep)[], rows: number): number {
  const up = (n: number, to: number) => Math.ceil(n / to) * to;
  const of = (m: number, n: number, k: number) => 4 * ((up(m, 4) + up(n, 8)) * k + 32);
  return Math.max(
    ...steps.map((step) =>
      step.type === 'dropout'
        ? 0
        : Math.max(
            of(rows, step.units, step.inWidth),
            of(step.inWidth, step.units, rows),
            of(rows, step.inWidth, step.units),
          ),
    ),
  );
}
