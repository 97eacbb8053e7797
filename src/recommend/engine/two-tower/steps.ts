/**
 * Training steps of the two-tower net: people as the mean of their history's vectors, and what layers make of what is
 * known of them besides; a softmax over the step's items with the popular ones' head start taken off (Yi et al. 2019),
 * Adam. WebAssembly.
 */
import { StudioError } from '../../../lib/errors.ts';
import type { Random } from '../../../lib/random.ts';
import { countWorkspace, WasmWorkspace } from '../../../training/engine/kernels/wasm-workspace.ts';
import { OutOfWorkspace, type Workspace } from '../../../training/engine/kernels/workspace.ts';
import type { ItemVectors } from '../../methods/content-based/tf-idf.ts';
import type { PersonLayers } from './person-tower.ts';
import { planTower, type Tower } from './tower.ts';

export interface TwoTowerJob {
  items: number;
  units: number;
  hidden: number;
  /** Most people of a step. */
  batchSize: number;
  /** Most items that are told apart, and most that histories are of. */
  candidates: number;
  histories: number;
  features: ItemVectors;
  /** What is known of people; row u is user u. Null: nothing is. */
  people?: ItemVectors | null;
}

/** One step: each person's history and what they went on to have. */
export interface TwoTowerBatch {
  /** Items that histories are of, each once; whether their own vectors count. */
  history: { items: Uint32Array; hasOwn: Uint8Array };
  /** Of each person: places in `history.items`. */
  people: readonly Uint32Array[];
  /** Of each person: who it is, and whether what is known of them counts. Only read where the job has `people`. */
  users?: { of: Uint32Array; hasFeatures: Uint8Array };
  /** Items that are told apart, each once, and ln of how likely each was to be among them. */
  offered: { items: Uint32Array; hasOwn: Uint8Array; shifts: Float32Array };
  /** Of each person: the place in `offered.items` of what they had, and of what they had besides, which is left out. */
  targets: Uint32Array;
  known: readonly Uint32Array[];
}

export interface TwoTowerSteps {
  /** In parts. @returns the mean loss, before the update */
  step(batch: TwoTowerBatch, learningRate: number): Generator<unknown, number, undefined>;
  /**
   * In parts. @param hasOwn of each item whether its own vector counts; of each person it tells nothing
   * @returns vectors of all items or people as they are, [items or people, units]
   */
  vectors(
    tower: 'history' | 'offered' | 'person',
    hasOwn: Uint8Array,
  ): Generator<unknown, Float32Array, undefined>;
  /** Of what makes a vector of what is known of people; null where nothing is. Copies. */
  personLayers(): PersonLayers | null;
  /** All that steps change, by name. Views. */
  learned(): Record<string, Float32Array>;
  /** How many steps there have been. */
  updates: number;
}

const nobody = { of: new Uint32Array(0), hasFeatures: new Uint8Array(0) };

/** A logit of what is left out: far below any, finite. */
const leftOut = -1e9;

/** @throws StudioError `no-backend` where WebAssembly has no vectors; `out-of-memory` */
export function createTwoTowerSteps(job: TwoTowerJob, random: Random): TwoTowerSteps {
  const workspace = WasmWorkspace.start();
  if (!workspace)
    throw new StudioError('no-backend', 'This browser has no WebAssembly with vectors (SIMD)');
  try {
    return layOut(job, workspace, random);
  } catch (error) {
    if (!(error instanceof OutOfWorkspace)) throw error;
    throw new StudioError('out-of-memory', `${job.items} items × ${job.units}: ${error.message}`);
  }
}

/** Bytes of the steps' memory. */
export function twoTowerStepsBytes(job: TwoTowerJob): number {
  return countWorkspace((workspace) => places(job, workspace))?.bytes ?? 0;
}

/** @throws OutOfWorkspace */
function places(job: TwoTowerJob, workspace: Workspace) {
  const { items, units, hidden, batchSize, candidates, histories, features, people: known } = job;
  const { kernels } = workspace;
  for (const [m, n, k] of [
    [batchSize, candidates, units],
    [batchSize, units, candidates],
    [candidates, units, batchSize],
  ] as const)
    workspace.needScratch(kernels.gemmScratch(m, n, k));
  const shape = { items, hidden, units };
  const history = planTower(workspace, { ...shape, rows: histories }, features);
  const offered = planTower(workspace, { ...shape, rows: candidates }, features);
  // People have no vectors of their own: who they are is told by their history.
  const person = known && planTower(workspace, { ...shape, items: 0, rows: batchSize }, known);
  const [people, peopleSlope] = [
    workspace.reserve(batchSize * units + 8), // kernels may read a little beyond
    workspace.reserve(batchSize * units + 8),
  ];
  const [logits, slopes, oneHot, shifts, weights] = [
    workspace.reserve(batchSize * candidates + 8),
    workspace.reserve(batchSize * candidates + 8),
    workspace.reserve(batchSize * candidates + 8),
    workspace.reserve(candidates),
    workspace.reserve(batchSize),
  ];
  return { history, offered, person, people, peopleSlope, logits, slopes, oneHot, shifts, weights };
}

function layOut(job: TwoTowerJob, workspace: WasmWorkspace, random: Random): TwoTowerSteps {
  const { units } = job;
  const { kernels } = workspace;
  const at = places(job, workspace);
  const { history, offered, person } = at;
  history.start(random);
  offered.start(random);
  person?.start(random);
  const view = (place: number, count: number) =>
    workspace.floats.subarray(place / 4, place / 4 + count);

  return {
    *step(batch, learningRate) {
      const count = batch.people.length;
      const width = batch.offered.items.length;
      yield* history.forward(batch.history.items, batch.history.hasOwn);
      yield;
      yield* offered.forward(batch.offered.items, batch.offered.hasOwn);
      yield;
      const ofHistory = view(history.output, batch.history.items.length * units);
      averageRows(batch.people, ofHistory, view(at.people, count * units), units);
      const { of: users, hasFeatures } = batch.users ?? nobody;
      if (person) {
        yield* person.forward(users, new Uint8Array(count));
        yield;
        const [sum, known] = [view(at.people, count * units), view(person.output, count * units)];
        sum.forEach((value, k) => {
          if (hasFeatures[Math.floor(k / units)]) sum[k] = value + (known[k] ?? 0);
        });
      }
      kernels.gemm(
        ...([at.people, units, 1, offered.output, 1, units, at.logits, width] as const),
        ...([count, width, units, 0, workspace.scratch] as const),
      );
      view(at.shifts, width).set(batch.offered.shifts.map((shift) => -shift));
      kernels.addBias(at.logits, at.shifts, count, width);
      yield;
      const [logits, hot] = [view(at.logits, count * width), view(at.oneHot, count * width)];
      hot.fill(0);
      for (let i = 0; i < count; i++) {
        const target = batch.targets[i] ?? 0;
        hot[i * width + target] = 1;
        for (const place of batch.known[i] ?? [])
          if (place !== target) logits[i * width + place] = leftOut;
      }
      view(at.weights, count).fill(1);
      const loss = kernels.categoricalLoss(
        ...([at.logits, at.oneHot, at.weights, at.slopes, count, width, 1 / count] as const),
      );
      yield;
      kernels.gemm(
        ...([at.slopes, width, 1, offered.output, units, 1, at.peopleSlope, units] as const),
        ...([count, units, width, 0, workspace.scratch] as const),
      );
      yield;
      // One tower's way back is done before the other's begins: their slopes may lie in the same place.
      const historySlope = view(history.outputSlope, batch.history.items.length * units);
      spreadRows(batch.people, view(at.peopleSlope, count * units), historySlope, units);
      yield* history.backward();
      yield;
      if (person) {
        const slope = view(at.peopleSlope, count * units);
        view(person.outputSlope, count * units).set(
          slope.map((value, k) => (hasFeatures[Math.floor(k / units)] ? value : 0)),
        );
        yield* person.backward();
        yield;
      }
      kernels.gemm(
        ...([at.slopes, 1, width, at.people, units, 1, offered.outputSlope, units] as const),
        ...([width, units, count, 0, workspace.scratch] as const),
      );
      yield* offered.backward();
      yield;
      history.update(learningRate);
      offered.update(learningRate);
      person?.update(learningRate);
      yield;
      return loss / count;
    },
    *vectors(name, hasOwn) {
      const tower: Tower | null | undefined = at[name];
      const rows = hasOwn.length;
      const all = new Float32Array(rows * units);
      if (!tower) return all;
      const most = { history: job.histories, offered: job.candidates, person: job.batchSize }[name];
      for (let from = 0; from < rows; from += most) {
        const part = Uint32Array.from({ length: Math.min(most, rows - from) }, (_, i) => from + i);
        yield* tower.forward(part, hasOwn.subarray(from, from + part.length));
        all.set(view(tower.output, part.length * units), from * units);
      }
      return all;
    },
    personLayers() {
      const [kernel, bias, outKernel, outBias] = person?.layers() ?? [];
      return kernel && bias && outKernel && outBias ? [kernel, bias, outKernel, outBias] : null;
    },
    learned() {
      const named = (name: string, tower: Tower) =>
        tower.learned().map((values, i) => [`${name}${i}`, values] as const);
      return Object.fromEntries([
        ...named('history', history),
        ...named('offered', offered),
        ...(person ? named('person', person) : []),
      ]);
    },
    get updates() {
      return history.updates;
    },
    set updates(steps) {
      history.updates = offered.updates = steps;
      if (person) person.updates = steps;
    },
  };
}

/** out[i] = the mean of the rows whose places are groups[i]; 0 where there are none. */
function averageRows(
  groups: readonly Uint32Array[],
  rows: Float32Array,
  out: Float32Array,
  width: number,
) {
  out.fill(0);
  groups.forEach((group, i) => {
    const to = i * width;
    for (const row of group)
      for (let k = 0; k < width; k++)
        out[to + k] = (out[to + k] ?? 0) + (rows[row * width + k] ?? 0) / group.length;
  });
}

/** The way back of `averageRows`. */
function spreadRows(
  groups: readonly Uint32Array[],
  slopes: Float32Array,
  out: Float32Array,
  width: number,
) {
  out.fill(0);
  groups.forEach((group, i) => {
    const from = i * width;
    for (const row of group)
      for (let k = 0; k < width; k++)
        out[row * width + k] = (out[row * width + k] ?? 0) + (slopes[from + k] ?? 0) / group.length;
  });
}
