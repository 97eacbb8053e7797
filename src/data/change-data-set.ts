/** A data set with one thing changed: the next version, sharing all bytes with the one before. */
import { StudioError } from '../lib/errors.ts';
import { digestDataSet } from './data-set-codec.ts';
import type {
  Column,
  ColumnRole,
  DataChange,
  DataSet,
  EventColumns,
  EventRules,
  Preparation,
  SplitSpec,
} from './schema.ts';
import { usualEventRules } from './schema.ts';
import { withBins } from './split.ts';

/** What may be changed without touching a cell. */
export type ShallowChange =
  | { type: 'role'; column: string; to: ColumnRole }
  | { type: 'preparation'; columns: string[]; to: Partial<Preparation> }
  | { type: 'rename'; column: string; to: string }
  | { type: 'split'; to: SplitSpec }
  | { type: 'events'; to: EventColumns };

/** How events are split unless a person says otherwise. */
const eventSplit: SplitSpec = { type: 'per-user', seed: 1, validation: 0.1, test: 0.2 };

/** The same version where nothing changes. @throws StudioError `bad-config` */
export async function changeDataSet(dataSet: DataSet, change: ShallowChange): Promise<DataSet> {
  const { made, ...members } = applied(dataSet, change);
  return nextVersion(dataSet, members, made);
}

/** Of this version with these members, which came about by `change`. */
export async function nextVersion(
  dataSet: DataSet,
  members: Partial<Pick<DataSet, 'columns' | 'split' | 'rows' | 'events'>>,
  change: DataChange,
): Promise<DataSet> {
  const draft = {
    ...dataSet,
    ...members,
    parent: dataSet.digest,
    createdAt: Date.now(),
    change,
  };
  const digest = await digestDataSet(draft);
  return digest === dataSet.digest ? dataSet : { ...draft, digest };
}

function applied(
  { columns, split }: DataSet,
  change: ShallowChange,
): { columns: Column[]; split: SplitSpec; events?: EventRules; made: DataChange } {
  switch (change.type) {
    case 'role': {
      const { role: from } = columnOf(columns, change.column);
      return {
        columns: columns.map((column) => withRole(column, change.column, change.to)),
        split,
        made: { type: 'role', column: change.column, from, to: change.to },
      };
    }
    case 'preparation':
      for (const name of change.columns) columnOf(columns, name);
      return {
        columns: columns.map((column) =>
          change.columns.includes(column.name)
            ? { ...column, preparation: { ...column.preparation, ...change.to } }
            : column,
        ),
        split,
        made: { type: 'preparation', columns: change.columns },
      };
    case 'rename':
      return renamed(columns, split, change.column, change.to.trim());
    case 'events':
      return { ...asEvents(columns, split, change.to), made: { type: 'events' } };
    case 'split':
      if ('column' in change.to) columnOf(columns, change.to.column);
      assertShares(change.to);
      return { columns, split: withBins(change.to), made: { type: 'split' } };
  }
}

/** What is neither who, what, how much nor when says nothing of an event here. */
function asEvents(columns: Column[], split: SplitSpec, to: EventColumns) {
  const chosen = [to.user, to.item, to.value, to.time].filter((name) => name !== null);
  for (const name of chosen) columnOf(columns, name);
  if (new Set(chosen).size < chosen.length)
    throw new StudioError(
      'bad-config',
      `User, item, value and time must be different columns; ${chosen.join(', ')} were chosen`,
    );
  const roleOf = (name: string): ColumnRole => {
    if (name === to.user) return 'user';
    if (name === to.item) return 'item';
    if (name === to.value) return 'target';
    return name === to.time ? 'time' : 'ignored';
  };
  const isOfEvents = split.type === 'per-user' || split.type === 'last-out';
  return {
    events: rulesOf(to),
    columns: columns.map((column) => ({ ...column, role: roleOf(column.name) })),
    split: isOfEvents ? split : eventSplit,
  };
}

function rulesOf(to: EventColumns): EventRules {
  const { duplicates, likedFrom } = usualEventRules;
  const rules = {
    duplicates: to.duplicates ?? duplicates,
    likedFrom: to.likedFrom ?? likedFrom,
  };
  if (rules.likedFrom === null) return rules;
  if (!Number.isFinite(rules.likedFrom))
    throw new StudioError('bad-config', `likedFrom ${rules.likedFrom} is not a finite number`);
  if (to.value === null && rules.duplicates !== 'sum')
    throw new StudioError(
      'bad-config',
      `Liked from ${rules.likedFrom}: events have no value. Choose its column, or add repeated events up`,
    );
  return rules;
}

/** There is one target, one user, one item and one time: what was it becomes a feature again. */
function withRole(column: Column, name: string, role: ColumnRole): Column {
  if (column.name === name) return { ...column, role };
  const isSingle = role !== 'feature' && role !== 'ignored';
  return isSingle && column.role === role ? { ...column, role: 'feature' } : column;
}

function renamed(columns: Column[], split: SplitSpec, from: string, to: string) {
  columnOf(columns, from);
  if (to === '') throw new StudioError('bad-config', `column "${from}" needs a name`);
  if (to !== from && columns.some(({ name }) => name === to))
    throw new StudioError('bad-config', `There is a column "${to}" already`);
  return {
    columns: columns.map((column) => (column.name === from ? { ...column, name: to } : column)),
    split: 'column' in split && split.column === from ? { ...split, column: to } : split,
    made: { type: 'rename' as const, column: from, to },
  };
}

function columnOf(columns: readonly Column[], name: string): Column {
  const column = columns.find((candidate) => candidate.name === name);
  if (!column) throw new StudioError('bad-config', `There is no column "${name}"`);
  return column;
}

/** @throws StudioError `bad-config` where nothing is left to train on */
export function assertShares(split: SplitSpec) {
  if (split.type === 'column' || split.type === 'last-out') return;
  const { validation, test } = split;
  if (validation >= 0 && test >= 0 && validation + test < 1) return;
  throw new StudioError(
    'bad-config',
    `validation ${validation} and test ${test} leave nothing to train on`,
  );
}
