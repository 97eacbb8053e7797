/**
 * Files into a stored data set: read, typed and written block by block in one pass, so that memory doesn't
 * grow with the rows. The record that makes it a data set is written last; before it, nothing has happened.
 */
import { encodeBlock, encodeDictionary } from '../../src/data/block-codec.ts';
import { digestDataSet } from '../../src/data/data-set-codec.ts';
import { defaultPreparation, defaultRole } from '../../src/data/default-preparation.ts';
import { inferTypes, sampleRowsOf, type InferredType } from '../../src/data/infer-types.ts';
import { openTable } from '../../src/data/readers/open-table.ts';
import type { TableReader } from '../../src/data/readers/table-reader.ts';
import type {
  Column,
  ColumnVector,
  DataSet,
  SourceFile,
  SplitSpec,
  TextRow,
} from '../../src/data/schema.ts';
import { blockRowsOf, TableBuilder } from '../../src/data/table-builder.ts';
import { StudioError } from '../../src/lib/errors.ts';
import type { ImportProgress, ImportRequest } from '../../src/rpc/contracts.ts';
import { putChunk } from '../../src/storage/chunks.ts';
import type { StudioDb } from '../../src/storage/db.ts';
import { keepSource } from './keep-source.ts';
import { progressMeter } from './progress.ts';
import { putDataSet } from './put-data-set.ts';

const defaultSplit: SplitSpec = {
  type: 'random',
  seed: 1,
  validation: 0.15,
  test: 0.2,
  stratify: true,
};

/** @throws StudioError `bad-data` for files that aren't tables or don't go together; `storage-full` */
export async function importFiles(
  db: StudioDb,
  request: ImportRequest,
  onProgress: (progress: ImportProgress) => void,
): Promise<DataSet> {
  const wider = new Map<string, InferredType>();
  for (;;) {
    const read = await readOnce(db, request, wider, onProgress);
    if ('dataSet' in read) return read.dataSet;
    // Columns aren't what their first rows said: read again, knowing so.
    for (const [column, type] of read.misread) wider.set(column, type);
  }
}

async function readOnce(
  db: StudioDb,
  request: ImportRequest,
  wider: ReadonlyMap<string, InferredType>,
  onProgress: (progress: ImportProgress) => void,
): Promise<{ dataSet: DataSet } | { misread: ReadonlyMap<string, InferredType> }> {
  const bytesTotal = request.files.reduce((sum, { blob }) => sum + blob.size, 0);
  const meter = progressMeter(bytesTotal, onProgress);
  const source: SourceFile[] = [];
  let reader: TableReader | null = null;
  let table: StoredTable | null = null;
  for (const { name, blob } of request.files) {
    const keeper = keepSource(db, blob, meter.read);
    const opened = await openTable(name, blob, { dialect: request.dialect, bytes: keeper.bytes });
    const names = opened.names.map((found, i) => request.columnNames?.[i] ?? found);
    if (table) assertSameColumns(name, names, table.names);
    reader ??= opened;
    let waiting: TextRow[] = [];
    const begin = (): StoredTable => {
      const found = inferTypes(names, waiting.slice(0, sampleRowsOf(names.length)), request.types);
      const types = found.map((type, i) => wider.get(names[i] ?? '') ?? type);
      const begun = new StoredTable(db, names, types);
      begun.builder.add(waiting);
      waiting = [];
      return begun;
    };
    for await (const rows of opened.batches()) {
      if (table) table.builder.add(rows);
      else {
        for (const row of rows) waiting.push(row);
        if (waiting.length < sampleRowsOf(names.length)) continue;
        table = begin();
      }
      await table.keepUp();
      const misread = table.builder.misread();
      if (misread.size > 0) return { misread };
      meter.rows(table.builder.rows);
    }
    if (waiting.length > 0) table = begin();
    if (!table) throw withoutRows(opened, name);
    source.push({
      name,
      size: blob.size,
      chunks: await keeper.finish(),
      dialect: opened.dialect,
    });
  }
  if (!reader || !table) throw new StudioError('bad-data', 'No file was given');
  const misread = table.builder.misread();
  if (misread.size > 0) return { misread };
  const draft: Omit<DataSet, 'digest'> = {
    projectId: request.projectId,
    parent: null,
    name: request.name,
    createdAt: Date.now(),
    change: { type: 'import', files: request.files.map(({ name }) => name) },
    rows: table.builder.rows,
    blockRows: blockRowsOf(table.names.length),
    columns: await table.end(),
    split: defaultSplit,
    dialect: reader.dialect,
    source,
    notes: [...reader.notes, ...table.builder.ambiguous()],
  };
  const dataSet = await putDataSet(db, { digest: await digestDataSet(draft), ...draft });
  meter.done(dataSet.rows);
  return { dataSet };
}

/** Full blocks go to storage while reading goes on. */
class StoredTable {
  readonly names: readonly string[];
  readonly builder: TableBuilder;
  readonly #db: StudioDb;
  readonly #blocks: string[][];
  #writing: Promise<void> = Promise.resolve();
  #writingBefore: Promise<void> = Promise.resolve();

  constructor(db: StudioDb, names: readonly string[], types: readonly InferredType[]) {
    this.#db = db;
    this.names = names;
    this.#blocks = names.map(() => []);
    this.builder = new TableBuilder(names, types, blockRowsOf(names.length), (block) =>
      this.#write(block),
    );
  }

  /** Waits for the block before the last, so that blocks don't pile up in memory. */
  keepUp(): Promise<void> {
    return this.#writingBefore;
  }

  async end(): Promise<Column[]> {
    const columns = this.builder.end();
    await this.#writing;
    return Promise.all(
      columns.map(async ({ dictionary, ...column }, sourceIndex) => ({
        ...column,
        role: defaultRole(column.type),
        preparation: defaultPreparation(column.type),
        sourceIndex,
        blocks: this.#blocks[sourceIndex] ?? [],
        ...(dictionary && { dictionary: await putChunk(this.#db, encodeDictionary(dictionary)) }),
      })),
    );
  }

  #write(block: ColumnVector[]) {
    this.#writingBefore = this.#writing;
    this.#writing = this.#writing.then(async () => {
      const digests = await Promise.all(
        block.map((vector) => putChunk(this.#db, encodeBlock(vector))),
      );
      digests.forEach((digest, i) => this.#blocks[i]?.push(digest));
    });
    this.#writing.catch(() => undefined); // thrown where it is awaited
  }
}

function withoutRows({ dialect }: TableReader, name: string) {
  return new StudioError(
    'bad-data',
    dialect.format === 'csv' && dialect.header
      ? `"${name}" has column names and no rows`
      : `"${name}" has no rows`,
  );
}

function assertSameColumns(file: string, names: string[], expected: readonly string[]) {
  const differing = names.findIndex((name, i) => name !== expected[i]);
  if (names.length === expected.length && differing < 0) return;
  throw new StudioError(
    'bad-data',
    names.length !== expected.length
      ? `"${file}" has ${names.length} columns, the first file has ${expected.length}`
      : `"${file}": column ${differing + 1} is "${names[differing]}", in the first file it is "${expected[differing]}"`,
  );
}
