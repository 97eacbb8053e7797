/** What a run on a table will take, from a sample of its rows: preparing all of them may take longer than training. */
import type { NetworkConfig } from '../run.ts';
import { splitColumns, splitRows } from '../../data/split.ts';
import type { EstimateRequest } from '../pipeline.ts';
import type { RunEstimate } from '../preflight.ts';
import { networkFor } from './fit.ts';
import { heldOutShare } from './fold-rows.ts';
import { estimateRun } from './preflight.ts';
import { prepare, type Output } from './table-fit.ts';

const mostSampledRows = 20_000;

/** Null for a solver in float64: it ends when it has converged. */
export async function estimateTable(
  { source, config, probeMemory, startHelper, signal }: EstimateRequest<NetworkConfig>,
  output: Output,
): Promise<RunEstimate | null> {
  if (config.solver !== 'gradient-descent') return null;
  const { split } = source.dataSet;
  const target = await source.column(config.target);
  const columns = { ...(await splitColumns(source, split)), target };
  const parts = splitRows(split, source.dataSet.rows, columns);
  const { folds } = config;
  const trained =
    folds === null ? parts.train : Uint32Array.from({ length: source.dataSet.rows }, (_, i) => i);
  const sampled = sampleOf(trained, Math.max(mostSampledRows, config.batchSize));
  const { train } = await prepare({ source, config }, output, sampled);
  signal?.throwIfAborted();
  // Rows that lack a cell are left out, everywhere alike.
  const share = train.targets.values.length / sampled.length;
  const estimate = (count: number, validation: number) =>
    estimateRun({
      ...{ spec: networkFor(config, train), config, train, probeMemory, startHelper, signal },
      rows: { train: Math.round(share * count), validation: Math.round(share * validation) },
    });
  if (folds === null) return estimate(trained.length, parts.validation.length);
  // Each fold leaves its rows out; the model that is kept is of all. Some of them each fit only measures.
  const held = heldOutShare(config, split);
  const fit = (count: number) => estimate((1 - held) * count, held * count);
  const whole = await fit(trained.length);
  const fold = await fit((trained.length * (folds - 1)) / folds);
  const seconds =
    whole.seconds === null || fold.seconds === null ? null : whole.seconds + folds * fold.seconds;
  return { ...whole, seconds };
}

function sampleOf(rows: Uint32Array, most: number): Uint32Array {
  const step = Math.max(1, rows.length / most);
  return Uint32Array.from(
    { length: Math.min(rows.length, most) },
    (_, i) => rows[Math.floor(i * step)] ?? 0,
  );
}
