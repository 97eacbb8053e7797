/** One constructor a worker; the page holds one of each, and a further data worker for each import. */
import type { DataApi, InferenceApi, TrainingApi } from './contracts.ts';
import type { RecommendApi } from './recommend-contract.ts';
import type { RecommendPreviewApi } from './recommend-preview-contract.ts';
import type { TextApi } from './text-contract.ts';
import { WorkerClient } from './worker-client.ts';

export const dataClient = () =>
  new WorkerClient<DataApi>(
    () =>
      new Worker(new URL('../../workers/data.worker.ts', import.meta.url), {
        type: 'module',
        name: 'data',
      }),
  );

export const trainingClient = () =>
  new WorkerClient<TrainingApi>(
    () =>
      new Worker(new URL('../../workers/training.worker.ts', import.meta.url), {
        type: 'module',
        name: 'training',
      }),
  );

export const inferenceClient = () =>
  new WorkerClient<InferenceApi>(
    () =>
      new Worker(new URL('../../workers/inference.worker.ts', import.meta.url), {
        type: 'module',
        name: 'inference',
      }),
  );

export const recommendClient = () =>
  new WorkerClient<RecommendApi & RecommendPreviewApi>(
    () =>
      new Worker(new URL('../../workers/recommend.worker.ts', import.meta.url), {
        type: 'module',
        name: 'recommend',
      }),
  );

export const textClient = () =>
  new WorkerClient<TextApi>(
    () =>
      new Worker(new URL('../../workers/text.worker.ts', import.meta.url), {
        type: 'module',
        name: 'text',
      }),
  );
