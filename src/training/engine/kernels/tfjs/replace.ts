/** Kernels of ours in the place of a tfjs backend's own, or under a name that it lacks. */
import {
  getKernel,
  registerKernel,
  unregisterKernel,
  type KernelConfig,
} from '../../../../models/engine/tf.ts';
import type { TensorKernel } from './kernel.ts';

type Output = ReturnType<TensorKernel>;

interface Host {
  /** Called for each kernel when a backend starts, and again when another one does. */
  start?: (backend: object) => void;
  /** Calls a kernel with the backend's tensors. */
  run: (backend: object, call: (heap: Parameters<TensorKernel>[2]) => Output) => Output;
}

/** After tfjs has registered its kernels. What one of ours doesn't take goes to the one that was there before. */
export function replaceKernels(
  backendName: string,
  kernels: Readonly<Record<string, TensorKernel>>,
  { start, run }: Host,
) {
  for (const [kernelName, kernel] of Object.entries(kernels)) {
    // Typed as if every name had one.
    const before = getKernel(kernelName, backendName) as KernelConfig | undefined;
    if (before) unregisterKernel(kernelName, backendName);
    registerKernel({
      ...before,
      kernelName,
      backendName,
      setupFunc(backend) {
        before?.setupFunc?.(backend);
        start?.(backend);
      },
      kernelFunc(call) {
        const { inputs, attrs = {}, backend } = call;
        const own = run(backend, (heap) => kernel(inputs, attrs, heap));
        const output = own ?? before?.kernelFunc(call);
        if (output) return output;
        throw new Error(`${kernelName}: tfjs's ${backendName} backend doesn't take these tensors`);
      },
    });
  }
}
