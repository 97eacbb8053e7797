/**
 * Another type for a column. What the file said is read again where the cells kept don't tell (numbers, dates);
 * other columns share their blocks with the version before.
 */
import { encodeBlock, encodeDictionary } from '../../src/data/block-codec.ts';
import { columnBuilder, mostCategories } from '../../src/data/column-builder.ts';
import { dataSetCodec, dataSetKey, digestDataSet } from '../../src/data/data-set-codec.ts';
import { defaultPreparation, defaultRole } from '../../src/data/default-preparation.ts';
import { inferAs, sampleRowsOf } from '../../src/data/infer-types.ts';
import { openTable } from '../../src/data/readers/open-table.ts';
import {
  storageKind,
  type Column,
  type ColumnType,
  type ColumnVector,
  type DataSet,
  type DataSetRef,
  type TextRow,
} from '../../src/data/schema.ts';
import { joinVectors, textAt } from '../../src/data/vector.ts';
import { StudioError } from '../../src/lib/errors.ts';
import type { RetypePreview } from '../../src/rpc/contracts.ts';
import { getChunk, putChunk, putChunks } from '../../src/storage/chunks.ts';
import type { StudioDb } from '../../src/storage/db.ts';
import { repository } from '../../src/storage/records.ts';
import { columnSource } from '../column-source.ts';
import { putDataSet } from './put-data-set.ts';

const shownExamples = 20;

/** What would become of the cells: first of those that would be lost, then of those that would change. */
export async function previewType(
  db: StudioDb,
  ref: DataSetRef,
  column: string,
  type: ColumnType,
): Promise<RetypePreview> {
  const dataSet = await repository(db, dataSetCodec).get(dataSetKey(ref));
  const before = await columnSource(db, dataSet).column(column);
  const after = joinVectors((await retype(db, dataSet, column, type)).blocks);
  const wasDate = columnOf(dataSet, column).type === 'date';
  const lost: RetypePreview['examples'] = [];
  const differing: RetypePreview['examples'] = [];
  const same: RetypePreview['examples'] = [];
  let lostCount = 0;
  for (let row = 0; row < dataSet.rows; row++) {
    const example = {
      row: row + 1,
      before: shown(before, row, wasDate),
      after: shown(after, row, type === 'date'),
    };
    if (example.before !== null && example.after === null) lostCount++;
    const list =
      example.before === example.after ? same : example.after === null ? lost : differing;
    if (list.length < shownExamples) list.push(example);
  }
  return { examples: [...lost, ...differing, ...same].slice(0, shownExamples), lost: lostCount };
}

/**
 * A new version in which the column has this type; the same one where it has it already.
 * @throws StudioError `bad-config` where there is no such column or it has too many values for a category
 */
export async function changeType(
  db: StudioDb,
  ref: DataSetRef,
  name: string,
  type: ColumnType,
): Promise<DataSet> {
  const dataSet = await repository(db, dataSetCodec).get(dataSetKey(ref));
  const current = columnOf(dataSet, name);
  if (current.type === type) return dataSet;
  const { blocks, column } = await retype(db, dataSet, name, type);
  const retyped: Column = {
    ...column,
    blocks: await putChunks(db, blocks.map(encodeBlock)),
  };
  const [first] = blocks;
  if (first?.kind === 'code')
    retyped.dictionary = await putChunk(db, encodeDictionary(first.dictionary));
  const draft: Omit<DataSet, 'digest'> = {
    ...dataSet,
    parent: dataSet.digest,
    createdAt: Date.now(),
    change: { type: 'type', column: name, from: current.type, to: type },
    columns: dataSet.columns.map((other) => (other === current ? retyped : other)),
  };
  return putDataSet(db, { ...draft, digest: await digestDataSet(draft) });
}

/** The column's cells as the type, in blocks, and the column without its blocks' digests. */
async function retype(db: StudioDb, dataSet: DataSet, name: string, type: ColumnType) {
  const current = columnOf(dataSet, name);
  const cells = await cellsOf(db, dataSet, current);
  const sample = cells.slice(0, sampleRowsOf(1)).map((cell) => cell ?? '');
  const { dateFormat, decimalComma } = inferAs(type, name, sample);
  const found = {
    type,
    ...(dateFormat !== undefined && { dateFormat }),
    ...(decimalComma && { decimalComma }),
  };
  const builder = columnBuilder(found, dataSet.blockRows, true);
  const blocks: ColumnVector[] = [];
  for (let at = 0; at < cells.length; at += dataSet.blockRows) {
    const rows: TextRow[] = cells.slice(at, at + dataSet.blockRows).map((cell) => [cell]);
    builder.add(rows, 0, 0, rows.length, at + 1);
    blocks.push(builder.takeBlock());
  }
  const distinct = builder.dictionary()?.length ?? 0;
  if (distinct > mostCategories)
    throw new StudioError(
      'bad-config',
      `Column "${name}" has ${distinct} different values, more than the ${mostCategories} that a category may have; text can hold them`,
    );
  const unread = builder.unread();
  const column: Column = {
    name,
    ...found,
    // Who, what and when are chosen by hand, whatever the type; being a feature goes by it.
    role:
      current.role === 'feature' || current.role === 'ignored' ? defaultRole(type) : current.role,
    preparation:
      storageKind(type) === storageKind(current.type)
        ? current.preparation
        : defaultPreparation(type),
    sourceIndex: current.sourceIndex,
    blocks: [],
    ...(unread && { unread }),
  };
  return { blocks, column };
}

/** The column as text: as the file has it, or from the cells kept where they say the same. */
async function cellsOf(db: StudioDb, dataSet: DataSet, column: Column): Promise<(string | null)[]> {
  const vector = await columnSource(db, dataSet).column(column.name);
  if (vector.kind === 'number' && dataSet.source.length > 0) {
    const read = await cellsInSource(db, dataSet, column);
    // Rows were taken out since: only the cells kept are in line with the others.
    if (read.length === dataSet.rows) return read;
  }
  return Array.from({ length: dataSet.rows }, (_, row) =>
    shown(vector, row, column.type === 'date'),
  );
}

async function cellsInSource(db: StudioDb, { source }: DataSet, column: Column) {
  const cells: (string | null)[] = [];
  for (const { name, chunks, dialect } of source) {
    // A blob of blobs, so that the browser may keep the bytes on disk.
    const parts: Blob[] = [];
    for (const digest of chunks) parts.push(new Blob([await getChunk(db, digest)]));
    const reader = await openTable(name, new Blob(parts), {
      dialect: dialect.format === 'csv' ? dialect : undefined,
    });
    for await (const rows of reader.batches())
      for (const row of rows) cells.push(row[column.sourceIndex] ?? null);
  }
  return cells;
}

/** A cell as text, null where it is missing; dates as ISO 8601, without the time at midnight UTC. */
function shown(vector: ColumnVector, row: number, isDate: boolean): string | null {
  const text = textAt(vector, row);
  if (text === '') return null;
  if (!isDate) return text;
  return new Date(Number(text)).toISOString().replace(/T00:00:00\.000Z$/, '');
}

function columnOf(dataSet: DataSet, name: string): Column {
  const column = dataSet.columns.find((candidate) => candidate.name === name);
  if (column) return column;
  throw new StudioError('bad-config', `There is no column "${name}"`);
}
