/**
 * Watches a graphics processor for the run that computes on it. tfjs tells neither a lost device nor refused memory:
 * steps seem to go on, and what is read then is worth nothing.
 */
import { StudioError } from '../../lib/errors.ts';
import { backend as currentBackend } from '../../models/engine/tf.ts';
import type { Backend } from '../run.ts';

export interface DeviceWatch {
  /** @throws StudioError `device-lost`, `out-of-memory` */
  check(): void;
  stop(): void;
}

/** Of the backend that is started. */
export function watchDevice(backend: Backend): DeviceWatch {
  if (backend === 'webgpu') return watchWebGpu();
  if (backend === 'webgl') return watchWebGl();
  return { check: () => undefined, stop: () => undefined };
}

function watchWebGpu(): DeviceWatch {
  const { device } = currentBackend() as unknown as WebGpuBackend; // the one that was started
  let failure: StudioError | null = null;
  const onError = ({ error }: Event & { error?: Error }) => {
    // The others are faults of a kernel, which tfjs tells itself.
    if (error?.constructor.name === 'GPUOutOfMemoryError')
      failure ??= new StudioError('out-of-memory', error.message);
  };
  device.addEventListener('uncapturederror', onError);
  void device.lost.then(({ message }) => {
    failure = new StudioError('device-lost', message || 'The graphics processor was lost');
  });
  return {
    check() {
      if (failure) throw failure;
    },
    stop: () => device.removeEventListener('uncapturederror', onError),
  };
}

function watchWebGl(): DeviceWatch {
  const { gpgpu } = currentBackend() as unknown as WebGlBackend; // the one that was started
  return {
    check() {
      if (gpgpu.gl.isContextLost())
        throw new StudioError('device-lost', 'The graphics processor was lost');
    },
    stop: () => undefined,
  };
}

/** What tfjs's backends have; the types of WebGPU aren't in the standard library. */
interface WebGpuBackend {
  device: EventTarget & { lost: Promise<{ message: string }> };
}
interface WebGlBackend {
  gpgpu: { gl: { isContextLost(): boolean } };
}
