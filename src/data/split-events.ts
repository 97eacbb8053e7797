/** How events are split by their users: shares of each one's, or each one's last. Pure and seeded. */
import { StudioError } from '../lib/errors.ts';
import type { Random } from '../lib/random.ts';
import type { ColumnVector } from './schema.ts';
import { isMissing, textAt } from './vector.ts';

interface Parts {
  train: number[];
  validation: number[];
  test: number[];
}

/** Each user's events in shuffled order; an odd one is kept for training. A user's first event always trains. */
export function dealPerUser(
  users: readonly number[][],
  shares: { validation: number; test: number },
  random: Random,
): Parts {
  const parts: Parts = { train: [], validation: [], test: [] };
  for (const events of users) {
    const rows = random.shuffle([...events]);
    const test = Math.min(Math.round(rows.length * shares.test), rows.length - 1);
    const validation = Math.min(
      Math.round(rows.length * shares.validation),
      rows.length - 1 - test,
    );
    rows.forEach((row, at) => {
      const part = at < test ? 'test' : at < test + validation ? 'validation' : 'train';
      parts[part].push(row);
    });
  }
  return parts;
}

/**
 * Each user's last event tests (and the one before it validates), by time and then by item; whoever has too few
 * only trains. Undated events come first.
 */
export function dealLastOut(
  users: readonly number[][],
  columns: { item?: ColumnVector | undefined; time?: ColumnVector | undefined },
  withValidation: boolean,
): Parts {
  const { item, time } = columns;
  if (!item || time?.kind !== 'number')
    throw new StudioError(
      'bad-config',
      'To hold out each user’s last event, say which columns are the item and the time (dates or numbers)',
    );
  const moment = (row: number) => (isMissing(time, row) ? -Infinity : (time.values[row] ?? 0));
  const parts: Parts = { train: [], validation: [], test: [] };
  for (const events of users) {
    const rows = [...events].sort(
      (a, b) => moment(a) - moment(b) || compareIds(textAt(item, a), textAt(item, b)) || a - b,
    );
    if (rows.length > 1) parts.test.push(rows.pop() ?? 0);
    if (withValidation && rows.length > 1) parts.validation.push(rows.pop() ?? 0);
    parts.train.push(...rows);
  }
  return parts;
}

/** Whole numbers as numbers, else as text. */
function compareIds(a: string, b: string): number {
  const difference = Number(a) - Number(b);
  if (difference) return difference;
  return a < b ? -1 : a > b ? 1 : 0;
}
