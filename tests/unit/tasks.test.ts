import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import en from '../../src/app/messages/en/index.ts';
import { samples } from '../../src/data/samples.ts';
import { tasks, taskOf } from '../../src/tasks/catalogue.ts';

test('every task folder is registered, under its own name, with words for it', () => {
  const folders = readdirSync('src/tasks', { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  expect(tasks.map(({ id }) => id).sort()).toEqual(folders.sort());
  for (const { id, metrics } of tasks) {
    expect(Object.keys(en.domain.tasks)).toContain(id);
    for (const metric of metrics) expect(Object.keys(en.domain.metrics)).toContain(metric.id);
  }
  expect(() => taskOf('other')).toThrow('This version has no task "other"');
});

test('every bundled sample is there, is of a task that there is, and has words for it', () => {
  const files = readdirSync('public/samples');
  const wanted = samples.flatMap((sample) =>
    'items' in sample ? [sample.file, sample.items.file] : [sample.file],
  );
  expect(wanted.sort()).toEqual(files.sort());
  for (const { id, taskId } of samples) {
    expect(tasks.map((task) => task.id)).toContain(taskId);
    expect(en.samples[id].title).not.toBe('');
  }
});
