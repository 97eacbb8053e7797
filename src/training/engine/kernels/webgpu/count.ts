/** What steps would take on the graphics processor, and what it offers, without making a heap there. */
import { layOutSteps, type StepShape } from '../step-plan.ts';
import { Workspace } from '../workspace.ts';
import { openGpu } from './device.ts';
import { Recorder } from './recorder.ts';

/** A heap of any size in which nothing lies: calls are noted for the room that their passes want. */
export class RecordingWorkspace extends Workspace {
  readonly recorder = new Recorder();
  readonly kernels = this.recorder.kernels;

  placeWords(at: number, words: readonly number[]) {
    this.recorder.placeWindow(at, words);
  }

  /** Floats that passes of the calls noted so far have among themselves; forgets the calls. */
  takeSpare(): number {
    return this.recorder
      .take()
      .reduce((most, { shader, p }) => Math.max(most, shader.spare?.(p) ?? 0), 0);
  }

  protected grow() {
    // there is nothing to grow
  }
}

/** @throws NoPlan for layers without shaders */
export function countGpuSteps(shape: StepShape): { bytes: number; trainable: number } {
  const workspace = new RecordingWorkspace();
  const { network, rows } = layOutSteps(shape, workspace);
  network.forward(rows);
  network.backward(rows);
  return {
    bytes: workspace.end + 4 * workspace.takeSpare(),
    trainable: network.trainableCount,
  };
}

/** Bytes of the largest buffer that shaders reach: the heap is one, the data another. Null where there is no WebGPU. */
export async function mostGpuBytes(): Promise<number | null> {
  const gpu = await openGpu();
  if (!gpu) return null;
  const { maxBufferSize, maxStorageBufferBindingSize } = gpu.device.limits;
  return Math.min(maxBufferSize, maxStorageBufferBindingSize, 2 ** 32);
}
