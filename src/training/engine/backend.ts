/** Starts tfjs backends, each loaded only when it is used. Which one is choose-backend.ts's business. */
import { StudioError } from '../../lib/errors.ts';
import {
  findBackendFactory,
  ready,
  registerBackend,
  removeBackend,
  setBackend,
} from '../../models/engine/tf.ts';
import type { Backend } from '../run.ts';

const loaders: Record<Backend, () => Promise<unknown>> = {
  webgpu: () => import('./webgpu-backend.ts').then(({ prepareWebGpu }) => prepareWebGpu()),
  wasm: () => import('./wasm-backend.ts').then(({ prepareWasm }) => prepareWasm()),
  webgl: () => import('@tensorflow/tfjs-backend-webgl'),
  cpu: () => import('@tensorflow/tfjs-backend-cpu'),
};

/**
 * Where a network's variables are kept that is trained on `backend`. Kernels of our own need nothing of tfjs's for
 * that: its backend is started only for a network that they can't train (step-runner.ts).
 */
export function startHost(backend: Backend): Promise<void> {
  return startBackend(backend === 'webgl' ? 'webgl' : 'cpu');
}

/** After its device was lost. Kernels of our own ask for a new one by themselves. @throws StudioError `no-backend` */
export async function restartHost(backend: Backend): Promise<void> {
  if (backend === 'webgl') removeBackendOf(backend);
  await startHost(backend);
}

/** @throws StudioError `no-backend`, with what the browser said */
export async function startBackend(backend: Backend): Promise<void> {
  try {
    await loaders[backend]();
    if (await setBackend(backend)) {
      await ready();
      return;
    }
  } catch (error) {
    throw new StudioError(
      'no-backend',
      `The ${backend} backend can't be started: ${String(error)}`,
      {
        cause: error,
      },
    );
  }
  throw new StudioError('no-backend', `The ${backend} backend can't be started here`);
}

/** So that it starts with a new device. Tensors of the old one are lost. */
function removeBackendOf(backend: Backend) {
  const factory = findBackendFactory(backend);
  removeBackend(backend);
  registerBackend(backend, factory);
}
