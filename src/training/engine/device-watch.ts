/**
 * Watches a graphics processor for the run that computes on it. tfjs tells neither a lost device nor refused memory:
 * steps seem to go on, and what is read then is worth nothing or never comes.
 */
import { StudioError, type ErrorCode } from '../../lib/errors.ts';
import { backend as currentBackend } from '../../models/engine/tf.ts';
import type { Backend } from '../run.ts';

export interface DeviceWatch {
  /** @throws StudioError `device-lost`, `out-of-memory` */
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
  webgpu(told) {
    const { device } = currentBackend() as unknown as WebGpuBackend; // the one that was started
    const onError = ({ error }: Event & { error?: Error }) => {
      // The others are faults of a kernel, which tfjs tells itself.
      if (error?.constructor.name === 'GPUOutOfMemoryError') told('out-of-memory', error.message);
    };
    device.addEventListener('uncapturederror', onError);
    void device.lost.then(({ message }) => told('device-lost', message));
    return () => device.removeEventListener('uncapturederror', onError);
  },
  webgl(told) {
    const { canvas } = (currentBackend() as unknown as WebGlBackend).gpgpu.gl; // as above
    const onLost = () => told('device-lost', '');
    canvas.addEventListener('webglcontextlost', onLost);
    return () => canvas.removeEventListener('webglcontextlost', onLost);
  },
};

/** What tfjs's backends have; the types of WebGPU aren't in the standard library. */
interface WebGpuBackend {
  device: EventTarget & { lost: Promise<{ message: string }> };
}
interface WebGlBackend {
  gpgpu: { gl: { canvas: EventTarget } };
}
