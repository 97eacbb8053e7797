/** When events happened, however a table says so. */
import { parseDate, parseNumber } from '../data/parse-cell.ts';
import { columnInRole, type ColumnSource, type ColumnVector } from '../data/schema.ts';
import { isMissing, lengthOf, textAt } from '../data/vector.ts';
import { StudioError } from '../lib/errors.ts';
import { inRanges, type Parts } from '../lib/parts.ts';
import type { Breaks } from './in-parts.ts';

/** Of cells that are there so many must be times; the others are unknown. */
const leastReadable = 0.5;

/**
 * [rows], ms since 1970 UTC, NaN where unknown; null without such a column. Numbers may be seconds, milli-, micro- or
 * nanoseconds, ISO dates and numbers may stand in one column.
 * @throws StudioError `bad-config` for a column of something else
 */
export async function readEventTimes(
  source: ColumnSource,
  breaks: Breaks,
): Promise<Float64Array | null> {
  const column = columnInRole(source.dataSet, 'time');
  if (!column) return null;
  const vector = await source.column(column.name);
  if (vector.kind === 'number' && column.type === 'date') return vector.values;
  return breaks.drive(timesIn(vector, column.name));
}

function* timesIn(vector: ColumnVector, name: string): Parts<Float64Array> {
  const rows = lengthOf(vector);
  const times = new Float64Array(rows).fill(NaN);
  let present = 0;
  let read = 0;
  let unread = '';
  yield* inRanges(rows, (from, to) => {
    for (let row = from; row < to; row++) {
      if (vector.kind === 'number') {
        times[row] = msOf(vector.values[row] ?? NaN);
        continue;
      }
      if (isMissing(vector, row)) continue;
      present++;
      const cell = textAt(vector, row);
      const number = parseNumber(cell);
      const time = number === undefined ? parseDate(cell, 'iso') : msOf(number);
      if (time === undefined) unread ||= cell;
      else read++;
      times[row] = time ?? NaN;
    }
  });
  if (read < leastReadable * present)
    throw new StudioError(
      'bad-config',
      `column "${name}": the column of the time must hold dates or numbers; "${unread}" is neither. ` +
        'Choose another, none, or change its type to date',
    );
  return times;
}

/** By size: of the years 1973 to 5138 each unit has numbers that no other has. */
function msOf(time: number): number {
  const size = Math.abs(time);
  if (size < 1e11) return 1000 * time;
  if (size < 1e14) return time;
  return size < 1e17 ? time / 1e3 : time / 1e6;
}
