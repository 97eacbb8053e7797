/**
 * The loss of the sequential models: a softmax over items by the products of what is wanted next with the items' own
 * vectors (the embedding's, as SASRec shares them), over all items or over a sample of them. By kernels alone.
 */
import type { NetworkPlan } from '../../../training/engine/kernels/plan/network-plan.ts';
import { the } from '../../../training/engine/kernels/plan/layer-plan.ts';
import type { Workspace } from '../../../training/engine/kernels/workspace.ts';

export interface SoftmaxHead {
  /**
   * Σ loss over the places, between the network's ways forward and back.
   * @param places of what is learned among all rows' steps, ascending @param targets the items that came next there
   * @param candidates items that are told apart, ascending, with all targets; null for all items
   * @param shifts [candidates], ln of how likely each was among them
   */
  loss(
    lines: number,
    places: ArrayLike<number>,
    targets: ArrayLike<number>,
    candidates: { items: ArrayLike<number>; shifts: ArrayLike<number> } | null,
  ): Generator<unknown, number, undefined>;
  /** Adds what the head has learned of the items' vectors; after the network's way back. */
  addGradient(): void;
}

export interface HeadShape {
  items: number;
  units: number;
  /** Most rows · steps. */
  lines: number;
  /** Most candidates: `items` where all are. */
  candidates: number;
}

/** Before the network is planned, which places the room that all share. */
export function needHeadScratch(workspace: Workspace, shape: HeadShape) {
  const { kernels } = workspace;
  const { units, lines, candidates } = shape;
  for (const [m, n, k] of [
    [lines, candidates, units],
    [lines, units, candidates],
    [candidates, units, lines],
  ] as const)
    workspace.needScratch(kernels.gemmScratch(m, n, k));
}

/** @param view a part of the workspace's memory, in floats @throws OutOfWorkspace */
export function planSoftmaxHead(
  workspace: Workspace,
  network: Pick<NetworkPlan, 'output' | 'outputSlope' | 'parameters'>,
  { items, units, lines: most, candidates: mostCandidates }: HeadShape,
  view: (at: number, count: number) => Float32Array,
): SoftmaxHead {
  const { kernels } = workspace;
  const table = the(network.parameters); // [items + 1, units], the embedding's: the first vector is padding's
  const isSampled = mostCandidates < items;
  const [tableSize, candidateSize] = [(items + 1) * units, mostCandidates * units];
  const [ofPlaces, wanted, wantedSlope] = [
    workspace.reserve(most),
    workspace.reserve(most * units + 8), // kernels may read a little beyond
    workspace.reserve(most * units + 8),
  ];
  const [logits, slopes, oneHot, weights] = [
    workspace.reserve(most * mostCandidates + 8),
    workspace.reserve(most * mostCandidates + 8),
    workspace.reserve(most * mostCandidates + 8),
    workspace.reserve(most),
  ];
  const sampled = isSampled
    ? {
        tokens: workspace.reserve(mostCandidates),
        shifts: workspace.reserve(mostCandidates),
        vectors: workspace.reserve(candidateSize + 8),
        vectorSlopes: workspace.reserve(candidateSize + 8),
        tableSlopes: workspace.reserve(tableSize),
      }
    : null;
  const all = { at: table.at + 4 * units, gradient: table.gradient + 4 * units };
  let [count, width] = [0, items];

  return {
    *loss(lines, places, targets, candidates) {
      count = places.length;
      width = candidates?.items.length ?? items;
      view(ofPlaces, count).set(places);
      const vectors = sampled?.vectors ?? all.at;
      if (sampled && candidates) {
        view(sampled.tokens, width).set(Array.from(candidates.items, (item) => item + 1));
        view(sampled.shifts, width).set(Array.from(candidates.shifts, (shift) => -shift));
        kernels.embed(sampled.tokens, table.at, vectors, 0, width, units, items + 1);
      }
      kernels.embed(ofPlaces, network.output.at, wanted, 0, count, units, lines);
      kernels.gemm(
        ...([wanted, units, 1, vectors, 1, units, logits, width] as const),
        ...([count, width, units, 0, workspace.scratch] as const),
      );
      if (sampled) kernels.addBias(logits, sampled.shifts, count, width);
      yield;
      const columns = candidates
        ? new Map(Array.from(candidates.items, (item, column) => [item, column]))
        : null;
      const hot = view(oneHot, count * width);
      hot.fill(0);
      for (let i = 0; i < count; i++) {
        const target = targets[i] ?? 0;
        hot[i * width + (columns?.get(target) ?? target)] = 1;
      }
      view(weights, count).fill(1);
      const loss = kernels.categoricalLoss(
        ...([logits, oneHot, weights, slopes, count, width, 1 / count] as const),
      );
      yield;
      kernels.gemm(
        ...([slopes, width, 1, vectors, units, 1, wantedSlope, units] as const),
        ...([count, units, width, 0, workspace.scratch] as const),
      );
      kernels.embedGradient(ofPlaces, wantedSlope, network.outputSlope, count, units, lines);
      yield;
      return loss;
    },
    addGradient() {
      const to = sampled?.vectorSlopes ?? all.gradient;
      kernels.gemm(
        ...([slopes, 1, width, wanted, units, 1, to, units] as const),
        ...([width, units, count, sampled ? 0 : 1, workspace.scratch] as const),
      );
      if (!sampled) return;
      kernels.embedGradient(sampled.tokens, to, sampled.tableSlopes, width, units, items + 1);
      kernels.addInto(table.gradient, sampled.tableSlopes, tableSize);
    },
  };
}
