/** Which columns of a source are brought in, and their cells. */
import type { TextRow } from '../../src/data/schema.ts';
import { StudioError } from '../../src/lib/errors.ts';

interface KeptCells {
  /** Positions in the source, ascending. */
  indexes: readonly number[];
  of(rows: readonly TextRow[]): readonly TextRow[];
}

/** @throws StudioError `bad-config` where a column isn't there, or none is left */
export function keptCells(names: readonly string[], leaveOut: readonly string[] = []): KeptCells {
  const unknown = leaveOut.find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw new StudioError('bad-config', `There is no column "${unknown}" to leave out`);
  const indexes = [...names.keys()].filter((i) => !leaveOut.includes(names[i] ?? ''));
  if (indexes.length === 0)
    throw new StudioError('bad-config', `All ${names.length} columns would be left out`);
  return {
    indexes,
    of: (rows) =>
      indexes.length === names.length
        ? rows
        : rows.map((row) => indexes.map((i) => row[i] ?? null)),
  };
}
