/** A run that is killed at its n-th checkpoint and resumed from it, as a closed tab would be. */
import type { ColumnSource } from '../../src/data/schema.ts';
import { Control } from '../../src/training/engine/control.ts';
import type { Pipeline, TrainingJob } from '../../src/training/pipeline.ts';
import type { RunConfig } from '../../src/training/run.ts';

export async function resumedRun(
  pipeline: Pipeline,
  source: ColumnSource,
  config: RunConfig,
  steps: number,
) {
  let left = steps;
  let latest: ArrayBuffer | null = null;
  const job: TrainingJob = {
    source,
    config,
    control: new Control(),
    emit: () => undefined,
    checkpoint: null,
    checkpointEverySteps: 1,
    saveCheckpoint(bytes) {
      if (--left === 0) throw new Killed();
      latest = bytes;
      return Promise.resolve();
    },
  };
  await pipeline.train(job).catch((error: unknown) => {
    if (!(error instanceof Killed)) throw error;
  });
  if (!latest) throw new Error('no checkpoint was made');
  return pipeline.train({
    ...job,
    checkpoint: latest,
    saveCheckpoint: () => Promise.resolve(),
  });
}

class Killed extends Error {}
