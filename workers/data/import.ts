/**
 * Files into a stored data set: read, typed and written block by block in one pass, so that memory doesn't
 * grow with the rows. The record that makes it a data set is written last; before it, nothing has happened.
 */
import { encodeBlock, encodeDictionary } from '../../src/data/block-codec.ts';
import {
  blockRows,
  columnBuilder,
  widened,
  type ColumnBuilder,
} from '../../src/data/column-builder.ts';
import { dataSetCodec, digestDataSet } from '../../src/data/data-set-codec.ts';
import { defaultPreparation, defaultRole } from '../../src/data/default-preparation.ts';
import { inferType, type InferredType } from '../../src/data/infer-types.ts';
import { openTable } from '../../src/data/readers/open-table.ts';
import type { TableReader } from '../../src/data/readers/table-reader.ts';
import type { Column, DataSet, SourceFile } from '../../src/data/schema.ts';
import { StudioError } from '../../src/lib/errors.ts';
import type { ImportProgress, ImportRequest } from '../../src/rpc/contracts.ts';
import { putChunk } from '../../src/storage/chunks.ts';
import type { StudioDb } from '../../src/storage/db.ts';
import { repository } from '../../src/storage/records.ts';
import { keepSource } from './keep-source.ts';
import { progressMeter } from './progress.ts';

const sampleRows = 5000;

/** @throws StudioError `bad-data` for files that aren't tables or don't go together; `storage-full` */
export async function importFiles(
  db: StudioDb,
  request: ImportRequest,
  onProgress: (progress: ImportProgress) => void,
): Promise<DataSet> {
  const wider = new Map<string, InferredType>();
  for (;;) {
    const pass = await importPass(db, request, wider, onProgress);
    if (pass.type === 'done') return pass.dataSet;
    // A column isn't what its first rows said: read again, knowing so.
    wider.set(pass.column, pass.as);
  }
}

type Pass =
  { type: 'done'; dataSet: DataSet } | { type: 'again'; column: string; as: InferredType };

async function importPass(
  db: StudioDb,
  request: ImportRequest,
  wider: ReadonlyMap<string, InferredType>,
  onProgress: (progress: ImportProgress) => void,
): Promise<Pass> {
  const bytesTotal = request.files.reduce((sum, { blob }) => sum + blob.size, 0);
  const meter = progressMeter(bytesTotal, onProgress);
  const source: SourceFile[] = [];
  let table: TableWriter | null = null;
  let reader: TableReader | null = null;
  for (const { name, blob } of request.files) {
    const keeper = keepSource(db, meter.read);
    const opened = await openTable(name, blob, { dialect: request.dialect, tap: keeper.tap });
    const names = renamed(opened, request.columnNames);
    if (reader && table) assertSameColumns(name, names, table.names);
    reader ??= opened;
    let waiting: (string | null)[][] = [];
    for await (const rows of opened.batches()) {
      if (table) table.add(rows);
      else {
        for (const row of rows) waiting.push(row);
        if (waiting.length < sampleRows) continue;
        table = new TableWriter(db, names, inferTypes(names, waiting, request, wider));
        table.add(waiting);
        waiting = [];
      }
      await table.flush();
      const misread = table.misread();
      if (misread) return { type: 'again', ...misread };
      meter.rows(table.rows);
    }
    if (waiting.length > 0 && !table) {
      table = new TableWriter(db, names, inferTypes(names, waiting, request, wider));
      table.add(waiting);
    }
    if (!table)
      throw new StudioError(
        'bad-data',
        opened.dialect.format === 'csv' && opened.dialect.header
          ? `"${name}" has column names and no rows`
          : `"${name}" has no rows`,
      );
    source.push({ name, size: blob.size, chunks: await keeper.finish(blob) });
  }
  if (!reader || !table) throw new StudioError('bad-data', 'No file was given');
  const misread = table.misread();
  if (misread) return { type: 'again', ...misread };
  const draft: Omit<DataSet, 'digest'> = {
    projectId: request.projectId,
    parent: null,
    name: request.name,
    createdAt: Date.now(),
    change: { type: 'import', files: request.files.map(({ name }) => name) },
    rows: table.rows,
    blockRows,
    columns: await table.finish(),
    split: { type: 'random', seed: 1, validation: 0.15, test: 0.2, stratify: true },
    dialect: reader.dialect,
    source,
    notes: reader.notes,
  };
  const dataSet: DataSet = { digest: await digestDataSet(draft), ...draft };
  await repository(db, dataSetCodec).put(dataSet);
  meter.done(table.rows);
  return { type: 'done', dataSet };
}

function renamed(reader: TableReader, names: string[] | undefined): string[] {
  return reader.names.map((name, i) => names?.[i] ?? name);
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

function inferTypes(
  names: string[],
  rows: (string | null)[][],
  request: ImportRequest,
  wider: ReadonlyMap<string, InferredType>,
): InferredType[] {
  return names.map((name, i) => {
    const cells = rows.slice(0, sampleRows).map((row) => row[i] ?? '');
    const inferred = wider.get(name) ?? inferType(name, cells);
    const asked = request.types?.[name];
    return asked && asked !== inferred.type ? { ...inferred, type: asked } : inferred;
  });
}

/** The columns of the table that is being read, a builder each; full blocks go to storage while reading goes on. */
class TableWriter {
  readonly names: readonly string[];
  rows = 0;
  readonly #db: StudioDb;
  readonly #types: readonly InferredType[];
  readonly #builders: readonly ColumnBuilder[];
  readonly #blocks: string[][];
  #inBlock = 0;
  #writing: Promise<unknown> = Promise.resolve();
  #isBlockFull = false;

  constructor(db: StudioDb, names: readonly string[], types: readonly InferredType[]) {
    this.#db = db;
    this.names = names;
    this.#types = types;
    this.#builders = types.map(columnBuilder);
    this.#blocks = types.map(() => []);
  }

  add(rows: readonly (string | null)[][]) {
    for (const cells of rows) {
      this.rows++;
      for (let i = 0; i < this.#builders.length; i++)
        this.#builders[i]?.add(cells[i] ?? null, this.rows);
      if (++this.#inBlock === blockRows) this.#startWriting();
    }
  }

  /** Waits for the write before last, so that at most two blocks are in memory. */
  async flush() {
    if (!this.#isBlockFull) return;
    this.#isBlockFull = false;
    await this.#writing;
  }

  misread(): { column: string; as: InferredType } | null {
    if (this.rows < 1) return null;
    for (const [i, builder] of this.#builders.entries()) {
      const type = this.#types[i];
      const as = type && widened(type, builder, this.rows);
      if (as) return { column: this.names[i] ?? '', as };
    }
    return null;
  }

  async finish(): Promise<Column[]> {
    if (this.#inBlock > 0) this.#startWriting();
    await this.#writing;
    return Promise.all(
      this.names.map(async (name, sourceIndex) => {
        const { type, dateFormat, decimalComma } = this.#types[sourceIndex] ?? { type: 'text' };
        const builder = this.#builders[sourceIndex];
        const dictionary = builder?.dictionary();
        const unread = builder?.unread();
        return {
          name,
          type,
          role: defaultRole(type),
          preparation: defaultPreparation(type),
          sourceIndex,
          blocks: this.#blocks[sourceIndex] ?? [],
          ...(dictionary && {
            dictionary: await putChunk(this.#db, encodeDictionary(dictionary)),
          }),
          ...(dateFormat !== undefined && type === 'date' && { dateFormat }),
          ...(decimalComma && { decimalComma }),
          ...(unread && { unread }),
        };
      }),
    );
  }

  #startWriting() {
    this.#inBlock = 0;
    this.#isBlockFull = true;
    const encoded = this.#builders.map((builder) => encodeBlock(builder.takeBlock()));
    this.#writing = this.#writing.then(() =>
      Promise.all(
        encoded.map(async (bytes, i) => {
          this.#blocks[i]?.push(await putChunk(this.#db, bytes));
        }),
      ),
    );
    this.#writing.catch(() => undefined); // thrown where it is awaited
  }
}
