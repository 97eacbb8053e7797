/** Outputs by tfjs on the cpu backend, for browsers without WebAssembly's vectors. */
import { buildNetwork } from '../../models/engine/network.ts';
import type { NetworkSpec } from '../../models/spec.ts';
import { startBackend } from './backend.ts';
import type { Forward } from './forward.ts';
import { outputsOn } from './predict.ts';

export async function createTensorForward(spec: NetworkSpec): Promise<Forward> {
  await startBackend('cpu');
  const network = buildNetwork(spec, 0);
  return {
    load: (weights) => network.load(weights),
    outputs: (features, width, rows) => outputsOn(network, features, width, rows),
    dispose: () => network.dispose(),
  };
}
