import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { StudioError } from '../../src/lib/errors.ts';
import { RunPreview } from '../../src/state/run-preview.svelte.ts';
import { defaultConfig, logisticRegression, mlp } from '../../src/training/learners.ts';
import type { EstimateOptions, RunEstimate } from '../../src/training/preflight.ts';
import type { NetworkConfig } from '../../src/training/run.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const config = defaultConfig(mlp, 'y');

/** Its estimates are answered by hand. */
function preview() {
  const asked: {
    config: NetworkConfig;
    options: EstimateOptions | undefined;
    answer: (seconds: number) => Promise<void>;
    fail: (error: StudioError) => void;
  }[] = [];
  const shown = new RunPreview(
    (of, options) =>
      new Promise<RunEstimate>((resolve, reject) => {
        const answer = async (seconds: number) => {
          resolve({ seconds } as RunEstimate); // as much of one as is looked at here
          await vi.advanceTimersByTimeAsync(0);
        };
        asked.push({ config: of, options, answer, fail: reject });
      }),
  );
  const settle = () => vi.advanceTimersByTimeAsync(400);
  return { shown, asked, settle };
}

test('what is shown is measured again when asked for, once at a time', async () => {
  const { shown, asked, settle } = preview();
  await shown.measureAgain(); // there are no settings yet
  expect(asked).toHaveLength(0);
  shown.watch(config);
  await shown.measureAgain(); // about to be measured anyway
  await settle();
  await shown.measureAgain();
  expect(asked.map(({ options }) => options)).toEqual([undefined]);
  await asked[0]?.answer(10);
  expect([shown.estimate?.seconds, shown.isMeasuring]).toEqual([10, false]);

  const again = shown.measureAgain();
  void shown.measureAgain();
  expect([shown.estimate?.seconds, shown.isMeasuring]).toEqual([10, true]);
  expect(asked).toMatchObject([{}, { config, options: { remeasure: true } }]);
  await asked[1]?.answer(5);
  await again;
  expect([asked.length, shown.estimate?.seconds, shown.isMeasuring]).toEqual([2, 5, false]);
});

test('where measuring again fails, the figures stay and the error is told', async () => {
  const { shown, asked, settle } = preview();
  shown.watch(config);
  await settle();
  await asked[0]?.answer(10);
  const again = shown.measureAgain();
  const error = new StudioError('storage-blocked', 'no storage');
  asked[1]?.fail(error);
  await expect(again).rejects.toBe(error);
  expect([shown.estimate?.seconds, shown.isMeasuring]).toEqual([10, false]);
});

test('settings that change meanwhile are what is shown, whatever becomes of measuring again', async () => {
  const { shown, asked, settle } = preview();
  const stop = shown.watch(config);
  await settle();
  await asked[0]?.answer(10);
  const again = shown.measureAgain();
  stop();
  shown.watch({ ...config, batchSize: 64 });
  asked[1]?.fail(new StudioError('cancelled', 'Another one was asked for'));
  await again;
  expect([shown.estimate?.seconds, shown.isMeasuring]).toEqual([10, true]);
  await settle();
  expect(asked[2]).toMatchObject({ config: { batchSize: 64 }, options: undefined });
  await asked[2]?.answer(7);
  expect([shown.estimate?.seconds, shown.isMeasuring]).toEqual([7, false]);
});

test('a solver that ends when it has converged has no estimate', async () => {
  const { shown, asked, settle } = preview();
  shown.watch(defaultConfig(logisticRegression, 'y'));
  await settle();
  expect([shown.estimate, shown.isMeasuring, asked.length]).toEqual([null, false, 0]);
});
