/** A network's figures while it is trained, on the rows whose curves are shown. */
import type { Network } from '../../models/engine/network.ts';
import type { NetworkSpec } from '../../models/spec.ts';
import { measuredRows } from '../preflight.ts';
import type { Backend, Metrics } from '../run.ts';
import type { TrainingRows } from './batches.ts';
import { createKernelForward, type KernelForward } from './forward.ts';
import { measure } from './objective.ts';
import { outputsOn } from './predict.ts';
import type { StepRunner } from './steps.ts';

type Outputs = (data: TrainingRows, rows: Uint32Array) => Promise<Float32Array>;

export interface Watch {
  /** With the weights as they are. @param between is awaited now and then */
  measure(
    steps: StepRunner,
    between: () => Promise<void>,
  ): Promise<{ trained: Metrics; validation: Metrics | undefined }>;
  dispose(): void;
}

/** Of a sample of the train rows, and of every validation row. */
export async function createWatch(
  network: Network,
  backend: Backend,
  train: TrainingRows,
  validation: TrainingRows | null,
): Promise<Watch> {
  const sample = measuredSample(train);
  const every = validation && Uint32Array.from(validation.targets.values, (_, i) => i);
  const kernels = await forwardOn(backend, network.spec);
  const figures = async (outputs: Outputs, data: TrainingRows, rows: Uint32Array) =>
    measure(await outputs(data, rows), data.targets, rows);
  return {
    async measure(steps, between) {
      if (kernels) kernels.loadArrays(await steps.readWeights());
      else await steps.storeWeights();
      const outputs: Outputs = ({ features, width }, rows) =>
        kernels
          ? kernels.outputs(features, width, rows, between)
          : outputsOn(network, features, width, rows, between);
      return {
        trained: await figures(outputs, train, sample),
        validation: validation && every ? await figures(outputs, validation, every) : undefined,
      };
    },
    dispose: () => kernels?.dispose(),
  };
}

/** By our own kernels; null where they can't. */
async function forwardOn(backend: Backend, spec: NetworkSpec): Promise<KernelForward | null> {
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

/** Of the train rows, those that are measured after each epoch: evenly drawn. */
function measuredSample({ targets }: TrainingRows): Uint32Array {
  const count = targets.values.length;
  const step = Math.max(1, count / measuredRows);
  return Uint32Array.from({ length: Math.min(count, measuredRows) }, (_, i) =>
    Math.floor(i * step),
  );
}
