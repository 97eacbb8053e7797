import { expect, test, vi } from 'vitest';
import { embedItems } from '../../../src/recommend/engine/embed-items.ts';
import type { RunPreparation } from '../../../src/training/run.ts';

type Load = (onProgress: (done: number) => void, signal: AbortSignal) => Promise<unknown>;
const encoder = vi.hoisted((): { load: Load } => ({
  load: () => Promise.reject(new Error('unset')),
}));
vi.mock('../../../src/text/engine/load-encoder.ts', () => ({
  loadSentenceEncoder: (...told: Parameters<Load>) => encoder.load(...told),
}));

const features = { items: 2, categories: null, texts: ['one', 'two'], numbers: null };
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test('it says how much of the encoder has come and how many texts are encoded, and lets go of the encoder', async () => {
  const told: RunPreparation[] = [];
  const dispose = vi.fn();
  encoder.load = async (onProgress) => {
    onProgress(0.5);
    await wait(200);
    return {
      async encode(texts: string[], { breathe }: { breathe: (done: number) => Promise<void> }) {
        await breathe(0.5);
        await breathe(1);
        return new Float32Array(4 * texts.length).fill(0.5);
      },
      dispose,
    };
  };
  const { embeddings } = await embedItems(features, (_, preparation) =>
    Promise.resolve(void told.push(preparation)),
  );
  expect(embeddings).toEqual({ values: new Float32Array(8).fill(0.5), width: 4 });
  expect(told[0]).toEqual({ type: 'loading-encoder', bytes: 7_394_195 / 2, of: 7_394_195 });
  expect(told.slice(-2)).toEqual([
    { type: 'encoding-texts', texts: 1, of: 2 },
    { type: 'encoding-texts', texts: 2, of: 2 },
  ]);
  expect(dispose).toHaveBeenCalledOnce();
});

test('a cancel is heard while the network gives nothing, and ends the loading', async () => {
  let aborted = false;
  encoder.load = (_, signal) =>
    new Promise((__, reject) => {
      signal.addEventListener('abort', () => {
        aborted = true;
        reject(new Error('aborted'));
      });
    });
  let isStopped = false;
  const running = embedItems(features, () =>
    isStopped ? Promise.reject(new Error('stopped')) : Promise.resolve(),
  );
  setTimeout(() => (isStopped = true), 20);
  const from = performance.now();
  await expect(running).rejects.toThrow('stopped');
  expect(performance.now() - from).toBeLessThan(200);
  expect(aborted).toBe(true);
});

test('what keeps the encoder from being loaded is said', async () => {
  encoder.load = () => Promise.reject(new Error('no network'));
  await expect(embedItems(features, () => Promise.resolve())).rejects.toThrow('no network');
});
