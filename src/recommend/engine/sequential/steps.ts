/** Training steps of a sequential model: forward, softmax over items at every step, backward, Adam. WebAssembly. */
import { StudioError } from '../../../lib/errors.ts';
import type { Random } from '../../../lib/random.ts';
import { sizeOf } from '../../../lib/shape.ts';
import { initialValues } from '../../../models/engine/initial-values.ts';
import { parametersOf } from '../../../models/layer-parameters.ts';
import { layerShapes } from '../../../models/layer-shapes.ts';
import type { NetworkSpec } from '../../../models/spec.ts';
import { planNetwork } from '../../../training/engine/kernels/plan/network-plan.ts';
import { planUpdate, slotsOf } from '../../../training/engine/kernels/update/plan.ts';
import { countWorkspace, WasmWorkspace } from '../../../training/engine/kernels/wasm-workspace.ts';
import { OutOfWorkspace, type Workspace } from '../../../training/engine/kernels/workspace.ts';
import type { OptimizerState } from '../../../training/engine/optimizer.ts';
import type { OptimizerSpec } from '../../../training/run.ts';
import { drawCandidates } from './candidates.ts';
import { needHeadScratch, planSoftmaxHead } from './softmax-head.ts';
import { fillTokens, type Window } from './windows.ts';

export interface SequenceJob {
  spec: NetworkSpec;
  items: number;
  units: number;
  /** Most windows of a step. */
  batchSize: number;
  /** Most items that are told apart in a step: `items` for all, else no fewer than a step has targets. */
  candidates: number;
  /** [items]: how often each comes next; what candidates' shares are worked out from. */
  frequencies: Float64Array;
}

export interface SequenceSteps {
  /** In parts, so that a worker can hear what it is told. @returns the mean loss, before the update */
  step(
    windows: readonly Window[],
    learningRate: number,
    random: Random,
  ): Generator<unknown, number, undefined>;
  /** All of the network's, in the order in which they are packed; a view. */
  readonly weights: Float32Array;
  /** Its slots are views. */
  saveOptimizer(): OptimizerState;
  restore(weights: Float32Array, optimizer: OptimizerState): void;
}

/** β₂ as SASRec has it. */
const adam: OptimizerSpec = {
  ...{ type: 'adam', beta1: 0.9, beta2: 0.98, epsilon: 1e-8, weightDecay: 0 },
};

/** @throws StudioError `no-backend` where WebAssembly has no vectors; `out-of-memory` */
export function createSequenceSteps(job: SequenceJob, random: Random): SequenceSteps {
  const workspace = WasmWorkspace.start();
  if (!workspace)
    throw new StudioError('no-backend', 'This browser has no WebAssembly with vectors (SIMD)');
  try {
    return layOut(job, workspace, random);
  } catch (error) {
    if (!(error instanceof OutOfWorkspace)) throw error;
    throw new StudioError('out-of-memory', `${job.batchSize} windows a step: ${error.message}`);
  }
}

/** Bytes of the steps' memory. */
export function sequenceStepsBytes(job: SequenceJob): number {
  return countWorkspace((workspace) => places(job, workspace))?.bytes ?? 0;
}

/** @throws OutOfWorkspace */
function places(job: SequenceJob, workspace: Workspace) {
  const { spec, items, units, batchSize, candidates } = job;
  const steps = spec.inputShape[0] ?? 1;
  if (candidates < Math.min(items, batchSize * steps))
    throw new Error(`${candidates} candidates have no room for ${batchSize * steps} targets`);
  const shape = { items, units, lines: batchSize * steps, candidates };
  needHeadScratch(workspace, shape);
  const network = planNetwork(spec, { rows: batchSize, isTraining: true }, workspace);
  const slots = slotsOf(adam).map(() => workspace.reserve(network.trainableCount));
  const view = (at: number, count: number) =>
    workspace instanceof WasmWorkspace
      ? workspace.floats.subarray(at / 4, at / 4 + count)
      : new Float32Array(0); // only counted
  const head = planSoftmaxHead(workspace, network, shape, view);
  const { weights, gradients, trainableCount: parameters } = network;
  const update = planUpdate(workspace, adam, { weights, gradients, slots, parameters });
  return { network, slots, head, update, steps, view };
}

function layOut(job: SequenceJob, workspace: WasmWorkspace, drawn: Random): SequenceSteps {
  const { spec, items, candidates: mostCandidates, frequencies } = job;
  const { network, slots, head, update, steps, view } = places(job, workspace);
  const { weights, trainableCount } = network;
  const all = () => view(weights, trainableCount);
  all().set(startOf(spec, drawn));

  return {
    *step(windows, learningRate, random) {
      const at: number[] = [];
      const targets: number[] = [];
      windows.forEach(({ sequence, from, to }, row) => {
        fillTokens(view(network.input + 4 * row * steps, steps), sequence.subarray(from, to));
        for (let place = from; place < to; place++) {
          at.push((row + 1) * steps - (to - place));
          targets.push(sequence[place + 1] ?? 0);
        }
      });
      const candidates =
        mostCandidates < items
          ? drawCandidates(targets, mostCandidates, frequencies, random)
          : null;
      network.draw.key = random.word();
      yield* workspace.inParts(() => network.forward(windows.length));
      const lines = windows.length * steps;
      const loss = yield* head.loss(lines, at, targets, candidates);
      yield* workspace.inParts(() => network.backward(windows.length));
      head.addGradient();
      yield;
      update.apply(learningRate);
      return loss / targets.length;
    },
    get weights() {
      return all();
    },
    saveOptimizer: () =>
      update.save(
        [trainableCount],
        slots.map((slot) => view(slot, trainableCount)),
      ),
    restore(values, optimizer) {
      all().set(values);
      update.restore(optimizer).forEach((slot, i) => view(slots[i] ?? 0, trainableCount).set(slot));
    },
  };
}

/** All weights one after the other. */
function startOf(spec: NetworkSpec, random: Random): Float32Array {
  const shapes = layerShapes(spec);
  const values = spec.layers.flatMap((layer, i) =>
    parametersOf(layer, shapes[i]?.inputs ?? []).map(({ shape, initial }) =>
      initialValues(initial, sizeOf(shape), random),
    ),
  );
  const all = new Float32Array(values.reduce((sum, { length }) => sum + length, 0));
  let from = 0;
  for (const part of values) {
    all.set(part, from);
    from += part.length;
  }
  return all;
}
