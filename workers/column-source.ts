/** A stored data set's cells, column by column; the last few columns stay in memory. */
import { decodeDictionary, joinBlocks } from '../src/data/block-codec.ts';
import {
  storageKind,
  type Column,
  type ColumnSource,
  type ColumnVector,
  type DataSet,
} from '../src/data/schema.ts';
import { StudioError } from '../src/lib/errors.ts';
import { getChunk } from '../src/storage/chunks.ts';
import type { StudioDb } from '../src/storage/db.ts';

const keptCells = 40_000_000;

export function columnSource(db: StudioDb, dataSet: DataSet): ColumnSource {
  const kept = new Map<string, Promise<ColumnVector>>();
  const most = Math.max(2, Math.floor(keptCells / Math.max(1, dataSet.rows)));
  return {
    dataSet,
    column(name) {
      const column = dataSet.columns.find((candidate) => candidate.name === name);
      if (!column)
        return Promise.reject(new StudioError('not-found', `There is no column "${name}"`));
      const vector = kept.get(name) ?? readColumn(db, column, dataSet.rows);
      kept.delete(name); // put last again: the first is the one longest unused
      kept.set(name, vector);
      const [oldest] = kept.keys();
      if (kept.size > most && oldest !== undefined) kept.delete(oldest);
      return vector;
    },
  };
}

async function readColumn(db: StudioDb, column: Column, rows: number): Promise<ColumnVector> {
  const dictionary = column.dictionary
    ? decodeDictionary(await getChunk(db, column.dictionary))
    : [];
  const blocks = await Promise.all(column.blocks.map((digest) => getChunk(db, digest)));
  return joinBlocks(storageKind(column.type), blocks, rows, dictionary);
}
