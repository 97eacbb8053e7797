import { expect, test, vi } from 'vitest';
import { defaultSplit } from '../../src/data/split.ts';
import type { ColumnSource, MissingPlan, SplitSpec } from '../../src/data/schema.ts';
import { Control } from '../../src/training/engine/control.ts';
import { tablePipeline } from '../../src/training/engine/table-pipeline.ts';
import { defaultConfig, mlp } from '../../src/training/learners.ts';
import type { NetworkConfig, RunEvent } from '../../src/training/run.ts';
import { memorySource, type ColumnInput } from '../support/memory-source.ts';

vi.mock('../../src/training/engine/backend.ts', () => import('../support/all-on-cpu.ts'));

const x = Array.from({ length: 120 }, (_, i) => Math.sin(i * 1.7) + (i % 7) / 7);
const answers = x.map((value, i) => (value > Math.cos(i * 2.3) ? 'a' : 'b'));

function table(split: SplitSpec, columns: Record<string, ColumnInput> = {}): ColumnSource {
  const source = memorySource({
    x: { type: 'number', cells: x },
    y: { type: 'category', cells: answers, role: 'target' },
    ...columns,
  });
  return { ...source, dataSet: { ...source.dataSet, split } };
}

async function train(source: ColumnSource, changes: Partial<NetworkConfig> = {}) {
  const events: RunEvent[] = [];
  const { outcome } = await tablePipeline('classes').train({
    source,
    config: {
      ...defaultConfig(mlp, 'y'),
      ...{ backend: 'wasm', epochs: 4, earlyStopping: null, layers: [] },
      ...changes,
    },
    ...{ control: new Control(), checkpoint: null },
    emit: (event) => events.push(event),
    saveCheckpoint: () => Promise.resolve(undefined),
  });
  const notices = events.flatMap((event) => (event.type === 'notice' ? [event.notice] : []));
  return { outcome, notices, epochs: events.filter((event) => event.type === 'epoch') };
}

test('a run that stops early and has nothing to validate by says so, once', async () => {
  const unvalidated = table({ ...defaultSplit, validation: 0 });
  const earlyStopping = { patience: 2, minDelta: 0 };
  const told = async (of: ColumnSource, changes: Partial<NetworkConfig>) =>
    (await train(of, changes)).notices;
  expect(await told(unvalidated, { earlyStopping })).toEqual([{ type: 'unvalidated' }]);
  expect(await told(unvalidated, {})).toEqual([]);
  expect(await told(table(defaultSplit), { earlyStopping })).toEqual([]);
  expect(await told(unvalidated, { earlyStopping, folds: 3 })).toEqual([]); // its fits hold rows out
});

test('validation rows of classes that no train row has are left out, and the run goes on', async () => {
  const part = x.map((_, i) => (i < 80 ? 'train' : i < 100 ? 'validation' : 'test'));
  const cells = answers.map((name, i) => (part[i] === 'validation' ? 'unseen' : name));
  const source = table(
    { type: 'column', column: 'part', validation: 'validation', test: 'test' },
    {
      part: { type: 'category', cells: part, role: 'ignored' },
      y: { type: 'category', cells, role: 'target' },
    },
  );
  const { outcome, epochs } = await train(source);
  expect(outcome).toBe('completed');
  expect(epochs).toHaveLength(4);
  expect(epochs.some(({ validation }) => validation)).toBe(false);
});

test('features that are missing in every row are refused by name, with the remedy', async () => {
  const empty = (missing: MissingPlan): ColumnInput => ({
    ...{ type: 'category', cells: x.map(() => null), preparation: { missing } },
  });
  const refused = train(table(defaultSplit, { x: empty({ type: 'most-frequent' }) }));
  await expect(refused).rejects.toMatchObject({
    code: 'bad-config',
    message:
      'Nothing to learn from: every cell of "x" is missing in the train rows. Use another column as a feature, or give missing cells a category of their own',
  });
  const { outcome } = await train(table(defaultSplit, { x: empty({ type: 'own-category' }) }));
  expect(outcome).toBe('completed'); // one feature that says nothing
});
