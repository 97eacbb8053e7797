/** A network's figures while it is trained, on the rows whose curves are shown. */
import type { Network } from '../../models/engine/network.ts';
import type { Backend, Metrics } from '../run.ts';
import type { TrainingRows } from './batches.ts';
import { createKernelForward } from './forward.ts';
import { measure } from './objective.ts';
import { outputsOn } from './predict.ts';

/** Train figures are of so many rows at most, evenly drawn. */
const measuredRows = 4096;

export type Watch = () => Promise<{ trained: Metrics; validation: Metrics | undefined }>;

/** Measures with the weights as they are: a sample of the train rows, and every validation row. */
export function createWatch(
  network: Network,
  backend: Backend,
  train: TrainingRows,
  validation: TrainingRows | null,
): Watch {
  const count = train.targets.values.length;
  const step = Math.max(1, count / measuredRows);
  const sample = Uint32Array.from({ length: Math.min(count, measuredRows) }, (_, i) =>
    Math.floor(i * step),
  );
  const every = validation && Uint32Array.from(validation.targets.values, (_, i) => i);
  const kernels = backend === 'wasm' ? createKernelForward(network.spec) : null;
  const outputs = ({ features, width }: TrainingRows, rows: Uint32Array) =>
    kernels ? kernels.outputs(features, width, rows) : outputsOn(network, features, width, rows);
  const figures = async (data: TrainingRows, rows: Uint32Array) =>
    measure(await outputs(data, rows), data.targets, rows);
  return async () => {
    kernels?.load(await network.pack());
    return {
      trained: await figures(train, sample),
      validation: validation && every ? await figures(validation, every) : undefined,
    };
  };
}
