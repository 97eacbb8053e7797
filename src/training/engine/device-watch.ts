/**
 * Watches a graphics processor for the run that computes on it by tfjs, which doesn't tell that a device was lost:
 * steps seem to go on, and what is read then is worth nothing. On WebGPU our kernels tell it themselves.
 */
import { StudioError } from '../../lib/errors.ts';
import { backend as currentBackend } from '../../models/engine/tf.ts';
import type { Backend } from '../run.ts';

export interface DeviceWatch {
  /** @throws StudioError `device-lost` */
  check(): void;
  stop(): void;
}

/** Of the backend that is started. */
export function watchDevice(backend: Backend): DeviceWatch {
  if (backend === 'webgl') return watchWebGl();
  return { check: () => undefined, stop: () => undefined };
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

/** What tfjs's backend has. */
interface WebGlBackend {
  gpgpu: { gl: { isContextLost(): boolean } };
}
