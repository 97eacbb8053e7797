/** What the buffers of a run's steps take where it computes, and what there is room for. */
import type { Backend } from '../run.ts';
import { NoPlan } from './kernels/plan/layer-plan.ts';
import { rowsInCaches } from './kernels/rows-in-caches.ts';
import { layOutSteps, type StepShape } from './kernels/step-plan.ts';
import { countWorkspace, mostWorkspaceBytes } from './kernels/wasm-workspace.ts';

export interface StepRoom {
  layOut: (shape: StepShape) => { bytes: number; trainable: number };
  /** Most bytes of the steps' buffers. */
  most: number;
}

/** @param dataBytes of the train rows, which lie on a graphics processor as a whole */
export async function roomOn(backend: Backend, dataBytes: number): Promise<StepRoom> {
  if (backend !== 'webgpu') return roomOnWasm;
  // Loaded for that backend alone, with its steps.
  const { countGpuSteps, mostGpuBytes } = await import('./kernels/webgpu/steps.ts');
  const most = await mostGpuBytes().catch(() => null);
  if (most === null) return roomOnWasm;
  return {
    layOut(shape) {
      try {
        return countGpuSteps(shape);
      } catch (error) {
        if (!(error instanceof NoPlan)) throw error;
        return roomOnWasm.layOut(shape); // tfjs has layers there for which there are no shaders of ours
      }
    },
    most: dataBytes > most ? 0 : most,
  };
}

const roomOnWasm: StepRoom = {
  layOut(shape) {
    const microBatch = Math.min(shape.microBatch, rowsInCaches(shape));
    const counted = countWorkspace((workspace) => layOutSteps({ ...shape, microBatch }, workspace));
    return { bytes: counted?.bytes ?? 0, trainable: counted?.laid.network.trainableCount ?? 0 };
  },
  /** What WebAssembly can address, or half of a small device's memory: the browser and the data want theirs. */
  get most() {
    // In GiB; Chromium alone has it, and Node 20 no navigator.
    const { navigator } = globalThis as { navigator?: { deviceMemory?: number } };
    return Math.min(mostWorkspaceBytes, ((navigator?.deviceMemory ?? 8) / 2) * 2 ** 30);
  },
};
