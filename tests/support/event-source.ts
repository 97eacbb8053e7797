/** Events in memory, for tests of recommenders. */
import type { ColumnSource, SplitSpec } from '../../src/data/schema.ts';
import { memorySource, type ColumnInput } from './memory-source.ts';

interface EventCells {
  users: ColumnInput['cells'];
  items: ColumnInput['cells'];
  values?: ColumnInput['cells'];
  times?: ColumnInput['cells'];
}

export function eventSource(
  { users, items, values, times }: EventCells,
  split: SplitSpec = { type: 'per-user', seed: 1, validation: 0.1, test: 0.2 },
): ColumnSource {
  const typeOf = (cells: ColumnInput['cells']) =>
    cells.some((cell) => typeof cell === 'string') ? 'id' : 'integer';
  const source = memorySource({
    user: { type: typeOf(users), cells: users, role: 'user' },
    item: { type: typeOf(items), cells: items, role: 'item' },
    ...(values && { value: { type: 'number', cells: values, role: 'target' } }),
    ...(times && { time: { type: 'integer', cells: times, role: 'time' } }),
  });
  return { ...source, dataSet: { ...source.dataSet, split } };
}
