/** Who or what a table beside the events knows that no event is of: cold starts. */
import { numberCells } from '../data/number-cells.ts';
import { besidesRole, columnInRole, type Besides, type ColumnSource } from '../data/schema.ts';
import type { EventTable } from './read-interactions.ts';
import type { InteractionSplit } from './split-interactions.ts';

/** Ids of the table that are not among these, in the order in which events' would be numbered. */
export async function idsBeside(
  source: ColumnSource,
  ids: readonly string[],
  about: Besides,
): Promise<string[]> {
  const key = columnInRole(source.dataSet, besidesRole[about]);
  if (!key) return [];
  const known = new Set(ids);
  return numberCells(await source.column(key.name)).names.filter((id) => !known.has(id));
}

/** With items behind the others that no event is of, so that these keep their numbers. */
export function withItems(table: EventTable, more: readonly string[]): EventTable {
  const items = [...table.items, ...more];
  return { ...table, items, interactions: { ...table.interactions, items: items.length } };
}

/** @param items in all */
export function withMoreItems(
  { train, validation, test }: InteractionSplit,
  items: number,
): InteractionSplit {
  return {
    train: { ...train, items },
    validation: { ...validation, items },
    test: { ...test, items },
  };
}
