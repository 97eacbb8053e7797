/** The try-out's way: a version is opened, then a row is answered with every change of the form. */
import { expect, test } from 'vitest';
import { openPredictor } from '../../src/training/engine/table-predictor.ts';
import type { FittedModel } from '../../src/training/pipeline.ts';
import { tablePipeline } from '../../src/training/engine/table-pipeline.ts';
import { Control } from '../../src/training/engine/control.ts';
import { defaultConfig, mlp } from '../../src/training/learners.ts';
import { importSample } from '../support/table-files.ts';

/** Of a screen that is drawn 60 times a second. */
const frameMs = 1000 / 60;
const target = 'species';

async function penguinModel(): Promise<FittedModel> {
  const { source } = await importSample('penguins.csv');
  const columns = source.dataSet.columns.map((column) =>
    column.name === target ? { ...column, role: 'target' as const } : column,
  );
  const { model } = await tablePipeline('classes').train({
    source: {
      dataSet: { ...source.dataSet, columns },
      column: (name) => source.column(name),
    },
    config: { ...defaultConfig(mlp, target), backend: 'cpu', epochs: 2 },
    control: new Control(),
    emit: () => undefined,
    checkpoint: null,
    saveCheckpoint: () => Promise.resolve(undefined),
  });
  return model;
}

const median = (times: readonly number[]) =>
  times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? NaN;

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

test('a small model opens and answers within a frame, and answers again in a millisecond', async () => {
  const model = await penguinModel();
  const row = (mm: number) => ({ island: 'Dream', bill_length_mm: mm, sex: 'female' });
  const opened: number[] = [];
  for (let i = 0; i < 9; i++)
    opened.push(
      await timed(async () => {
        const predictor = await openPredictor(model);
        await predictor.answer([row(40 + i)]);
        predictor.dispose();
      }),
    );
  expect(median(opened), 'ms to open and answer').toBeLessThan(frameMs);

  const predictor = await openPredictor(model);
  const again: number[] = [];
  for (let i = 0; i < 200; i++) again.push(await timed(() => predictor.answer([row(40 + i / 10)])));
  expect(median(again), 'ms to answer').toBeLessThan(1);
  const [answer] = await predictor.answer([row(46)]);
  expect(answer).toMatchObject({ type: 'class' });
  predictor.dispose();
});
