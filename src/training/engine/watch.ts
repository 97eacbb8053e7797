/** A network's figures while it is trained, on the rows whose curves are shown. */
import type { Network } from '../../models/engine/network.ts';
import type { NetworkSpec } from '../../models/spec.ts';
import type { Backend, Metrics } from '../run.ts';
import type { TrainingRows } from './batches.ts';
import { createKernelForward, type Forward } from './forward.ts';
import { measure } from './objective.ts';
import { outputsOn } from './predict.ts';

/** Train figures are of so many rows at most, evenly drawn. */
const measuredRows = 4096;

export interface Watch {
  /** With the weights as they are. */
  measure(): Promise<{ trained: Metrics; validation: Metrics | undefined }>;
  dispose(): void;
}

/** Of a sample of the train rows, and of every validation row. */
export async function createWatch(
  network: Network,
  backend: Backend,
  train: TrainingRows,
  validation: TrainingRows | null,
): Promise<Watch> {
  const count = train.targets.values.length;
  const step = Math.max(1, count / measuredRows);
  const sample = Uint32Array.from({ length: Math.min(count, measuredRows) }, (_, i) =>
    Math.floor(i * step),
  );
  const every = validation && Uint32Array.from(validation.targets.values, (_, i) => i);
  const kernels = await forwardOn(backend, network.spec);
  const outputs = ({ features, width }: TrainingRows, rows: Uint32Array) =>
    kernels ? kernels.outputs(features, width, rows) : outputsOn(network, features, width, rows);
  const figures = async (data: TrainingRows, rows: Uint32Array) =>
    measure(await outputs(data, rows), data.targets, rows);
  return {
    async measure() {
      kernels?.load(await network.pack());
      return {
        trained: await figures(train, sample),
        validation: validation && every ? await figures(validation, every) : undefined,
      };
    },
    dispose: () => kernels?.dispose(),
  };
}

/** By our own kernels; null where they can't. */
async function forwardOn(backend: Backend, spec: NetworkSpec): Promise<Forward | null> {
  switch (backend) {
    case 'wasm':
      return createKernelForward(spec);
    case 'webgpu': {
      const { createWebGpuForward } = await import('./kernels/webgpu/forward.ts');
      return createWebGpuForward(spec);
    }
    default:
      return null;
  }
}
