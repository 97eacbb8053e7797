/**
 * Stands in for engine/backend.ts where tfjs's own backends are not what is tested: each is its cpu backend, while
 * "wasm" still means the training kernels, which need no browser.
 */
import { ready, setBackend } from '../../src/models/engine/tf.ts';

export async function startBackend(): Promise<void> {
  await import('@tensorflow/tfjs-backend-cpu');
  await setBackend('cpu');
  await ready();
}

export { startBackend as restartHost, startBackend as startHost };
