/** Starts tfjs backends, each loaded only when it is used, and finds the one that suits this device. */
import { StudioError } from '../../lib/errors.ts';
import { ready, setBackend } from '../../models/engine/tf.ts';
import type { Backend } from '../run.ts';

const loaders: Record<Backend, () => Promise<unknown>> = {
  webgpu: () => import('@tensorflow/tfjs-backend-webgpu'),
  wasm: () => import('./wasm-backend.ts').then(({ prepareWasm }) => prepareWasm()),
  webgl: () => import('@tensorflow/tfjs-backend-webgl'),
  cpu: () => import('@tensorflow/tfjs-backend-cpu'),
};

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

export interface BackendChoice {
  backend: Backend;
  /** In words, for the run's page. */
  reason: string;
}

/**
 * What may serve, best first: a real GPU for networks that keep one busy, else wasm. A software adapter
 * loses to wasm by 10–100×, so that it is used only when asked for by name.
 * @param work multiplications a training step
 */
export async function candidates(wanted: Backend | 'auto', work: number): Promise<BackendChoice[]> {
  if (wanted !== 'auto') {
    const chosen = { backend: wanted, reason: 'chosen by you' };
    const rest = (['wasm', 'cpu'] as const).filter((name) => name !== wanted);
    return [chosen, ...rest.map((backend) => ({ backend, reason: `${wanted} failed` }))];
  }
  const adapter = await gpuAdapter();
  const steady: BackendChoice[] = [
    {
      backend: 'wasm',
      reason:
        adapter === null
          ? 'no graphics processor is usable here'
          : 'this network is too small to keep a graphics processor busy',
    },
    { backend: 'cpu', reason: 'WebAssembly is not available' },
  ];
  if (adapter !== null && work > gpuWork)
    return [{ backend: 'webgpu', reason: `graphics processor ${adapter}` }, ...steady];
  return steady;
}

/** Multiplications a step from which a GPU's dispatches (some 100 of 50 µs) cost less than they save. */
const gpuWork = 50_000_000;

/** The real graphics processor's name; null for none, or one in software. */
async function gpuAdapter(): Promise<string | null> {
  // Not in every browser; the types of WebGPU aren't in the standard library.
  const gpu = (globalThis.navigator as { gpu?: Gpu } | undefined)?.gpu;
  const adapter = await gpu?.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) return null;
  const { vendor, architecture, description, isFallbackAdapter } = adapter.info;
  const name = [vendor, architecture, description].filter(Boolean).join(' ');
  const isSoftware = isFallbackAdapter || /swiftshader|llvmpipe|software|basic render/i.test(name);
  return isSoftware ? null : name || 'of unknown make';
}

interface Gpu {
  requestAdapter(options: { powerPreference: string }): Promise<{
    info: {
      vendor: string;
      architecture: string;
      description: string;
      isFallbackAdapter?: boolean;
    };
  } | null>;
}
