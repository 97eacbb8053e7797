/** Finds a task's pipeline, loaded only when a worker needs it. */
import { StudioError } from '../lib/errors.ts';
import type { Pipeline } from '../training/pipeline.ts';

const modules = import.meta.glob<Pipeline>('./*/engine/pipeline.ts', { import: 'default' });

export async function loadPipeline(taskId: string): Promise<Pipeline> {
  const load = modules[`./${taskId}/engine/pipeline.ts`];
  if (!load) throw new StudioError('unsupported', `No pipeline for task "${taskId}"`);
  return load();
}
