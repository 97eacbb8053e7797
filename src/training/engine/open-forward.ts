/** A network's outputs for many rows: by the kernels' plan where there can be one, else by tfjs. */
import type { NetworkSpec } from '../../models/spec.ts';
import { createKernelForward, type Forward } from './forward.ts';

export async function openForward(spec: NetworkSpec): Promise<Forward> {
  return (
    createKernelForward(spec) ?? (await import('./tensor-forward.ts')).createTensorForward(spec)
  );
}
