/**
 * Watches a graphics processor for the run that computes on it by tfjs, which doesn't tell that a device was lost:
 * steps seem to go on, and what is read then is worth nothing or never comes. On WebGPU our kernels tell it
 * themselves.
 */
import { StudioError, type ErrorCode } from '../../lib/errors.ts';
import { backend as currentBackend } from '../../models/engine/tf.ts';
import type { Backend } from '../run.ts';

export interface DeviceWatch {
  /** @throws StudioError `device-lost` */
  check(): void;
  /** As `work`, which reads from the device: from one that is lost tfjs may wait for ever. */
  guard<T>(work: Promise<T>): Promise<T>;
  stop(): void;
}

/** Of the backend that is started. */
export function watchDevice(backend: Backend): DeviceWatch {
  let failure: StudioError | null = null;
  let tell: (failure: StudioError) => void = () => undefined;
  const failed = new Promise<never>((_, reject) => (tell = reject));
  failed.catch(() => undefined); // thrown where it is asked for
  const stop = watchers[backend]?.((code, message) => {
    failure ??= new StudioError(code, message || 'The graphics processor was lost');
    tell(failure);
  });
  return {
    check() {
      if (failure) throw failure;
    },
    guard: (work) => Promise.race([work, failed]),
    stop: () => stop?.(),
  };
}

type Watcher = (told: (code: ErrorCode, message: string) => void) => () => void;

const watchers: Partial<Record<Backend, Watcher>> = {
  webgl(told) {
    const { canvas } = (currentBackend() as unknown as WebGlBackend).gpgpu.gl; // as above
    const onLost = () => told('device-lost', '');
    canvas.addEventListener('webglcontextlost', onLost);
    return () => canvas.removeEventListener('webglcontextlost', onLost);
  },
};

/** What tfjs's backend has. */
interface WebGlBackend {
  gpgpu: { gl: { canvas: EventTarget } };
}
