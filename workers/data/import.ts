/**
 * Files into a stored data set: read, typed and written block by block in one pass, so that memory doesn't
 * grow with the rows. The record that makes it a data set is written last; before it, nothing has happened.
 */
import type { Misread } from '../../src/data/column-builder.ts';
import { digestDataSet } from '../../src/data/data-set-codec.ts';
import {
  inferTypes,
  inferWider,
  sampleRowsOf,
  type InferredType,
} from '../../src/data/infer-types.ts';
import { openTable } from '../../src/data/readers/open-table.ts';
import { joinNotes, uniqueNames, type TableReader } from '../../src/data/readers/table-reader.ts';
import type {
  Column,
  ColumnType,
  DataSet,
  Dialect,
  ImportNote,
  SourceFile,
  TextRow,
} from '../../src/data/schema.ts';
import { defaultSplit } from '../../src/data/split.ts';
import { blockRowsOf } from '../../src/data/table-builder.ts';
import { reviveError, StudioError } from '../../src/lib/errors.ts';
import type { ImportProgress, ImportRequest } from '../../src/rpc/contracts.ts';
import type { StudioDb } from '../../src/storage/db.ts';
import { localByteStore, type ByteStore } from './byte-store.ts';
import { progressMeter } from './progress.ts';
import { putDataSet } from './put-data-set.ts';
import { keptCells } from './kept-cells.ts';
import { assertSameColumns } from './same-columns.ts';
import { StoredTable } from './stored-table.ts';

/** What was learned about a column that was misread: its first type, cells that aren't of it, what it is. */
type Relearned = Map<string, Misread & { was: ColumnType }>;

/** @throws StudioError `bad-data` for files that aren't tables or don't go together; `storage-full` */
export async function importFiles(
  db: StudioDb,
  request: ImportRequest,
  onProgress: (progress: ImportProgress) => void,
  store: ByteStore = localByteStore(db),
): Promise<DataSet> {
  const sources = new SourceKeeper(store, request.files);
  const relearned: Relearned = new Map();
  try {
    for (;;) {
      const draft = await readOnce(store, request, relearned, sources, onProgress);
      if (!draft) continue;
      const dataSet: DataSet = { digest: await digestDataSet(draft), ...draft };
      return await putDataSet(db, dataSet);
    }
  } finally {
    store.close();
  }
}

/** @returns null where columns aren't what their first rows promised: read again, knowing so. */
async function readOnce(
  store: ByteStore,
  request: ImportRequest,
  relearned: Relearned,
  sources: SourceKeeper,
  onProgress: (progress: ImportProgress) => void,
): Promise<Omit<DataSet, 'digest'> | null> {
  const bytesTotal = request.files.reduce((sum, { blob }) => sum + blob.size, 0);
  const meter = progressMeter(bytesTotal, onProgress);
  const notes: { notes: ImportNote[]; firstRow: number }[] = [];
  const dialects: Dialect[] = [];
  let table: StoredTable | null = null;
  let expected: readonly string[] | null = null;
  for (const { name, blob } of request.files) {
    const reader = await openTable(name, blob, {
      dialect: request.dialect,
      onBytes: meter.read,
    });
    sources.start(); // it is a table
    const all = namesOf(reader, request);
    assertSameColumns(name, all, (expected ??= all));
    const kept = keptCells(all, request.leaveOut);
    const names = kept.indexes.map((i) => all[i] ?? '');
    dialects.push(reader.dialect);
    notes.push({ notes: reader.notes, firstRow: table?.builder.rows ?? 0 });
    let waiting: TextRow[] = [];
    const begin = (): StoredTable => {
      const sample = waiting.slice(0, sampleRowsOf(names.length));
      const types = typesOf(names, sample, request.types, relearned);
      const begun = new StoredTable(store, names, types, kept.indexes);
      begun.builder.add(waiting);
      waiting = [];
      return begun;
    };
    for await (const batch of reader.batches()) {
      const rows = kept.of(batch);
      if (table) table.builder.add(rows);
      else {
        for (const row of rows) waiting.push(row);
        if (waiting.length < sampleRowsOf(names.length)) continue;
        table = begin();
      }
      await table.keepUp();
      sources.check();
      if (isMisread(table, request, relearned)) return null;
      meter.rows(table.builder.rows);
    }
    if (waiting.length > 0) table = begin();
    if (!table) throw withoutRows(reader, name);
  }
  const [dialect] = dialects;
  if (!dialect || !table) throw new StudioError('bad-data', 'No file was given');
  if (isMisread(table, request, relearned)) return null;
  const draft: Omit<DataSet, 'digest'> = {
    projectId: request.projectId,
    parent: null,
    name: request.name,
    createdAt: Date.now(),
    change: { type: 'import', files: request.files.map(({ name }) => name) },
    rows: table.builder.rows,
    blockRows: blockRowsOf(table.names.length),
    columns: (await table.end()).map((column) => roleOfItems(column, request.about)),
    split: defaultSplit,
    dialect,
    source: (await sources.all()).map((file, i) => ({ ...file, dialect: dialects[i] ?? dialect })),
    notes: [...joinNotes(notes), ...table.builder.ambiguous()],
    ...(request.about && { about: request.about }),
  };
  meter.done(draft.rows);
  return draft;
}

/** A text tells a table's model nothing that holds for new rows, but of an item it tells what it is. */
function roleOfItems(column: Column, about: ImportRequest['about']): Column {
  return about === 'items' && column.type === 'text' ? { ...column, role: 'feature' } : column;
}

type KeptFile = Omit<SourceFile, 'dialect'>;

/** Keeps the files' own bytes while they are read, so that a column's type can be changed without the files. */
class SourceKeeper {
  readonly #store: ByteStore;
  readonly #files: ImportRequest['files'];
  #keeping: Promise<KeptFile[]> | undefined;
  #error: unknown;

  constructor(store: ByteStore, files: ImportRequest['files']) {
    this.#store = store;
    this.#files = files;
  }

  start() {
    if (this.#keeping) return;
    this.#keeping = this.#keep();
    this.#keeping.catch((error: unknown) => (this.#error = error));
  }

  /** Throws what went wrong so far. */
  check() {
    if (this.#error) throw reviveError(this.#error);
  }

  all(): Promise<KeptFile[]> {
    this.start();
    return this.#keeping ?? Promise.resolve([]);
  }

  async #keep() {
    const kept: KeptFile[] = [];
    for (const { name, blob } of this.#files)
      kept.push({ name, size: blob.size, chunks: await this.#store.keep(blob) });
    return kept;
  }
}

function namesOf(reader: TableReader, { columnNames }: ImportRequest): string[] {
  if (!columnNames) return reader.names;
  return uniqueNames(
    reader.names.map((found, i) => columnNames[i] ?? found),
    reader.notes,
  );
}

function typesOf(
  names: readonly string[],
  sample: readonly TextRow[],
  asked: ImportRequest['types'],
  relearned: Relearned,
): InferredType[] {
  return inferTypes(names, sample, asked).map((type, i) => {
    const learned = relearned.get(names[i] ?? '');
    if (!learned) return type;
    if (learned.as) return learned.as;
    const cells = sample.map((row) => row[i] ?? '');
    return inferWider(learned.was, cells, learned.odd);
  });
}

/** Notes what is to be read otherwise. A type that a person asked for stays, unless it can't be held at all. */
function isMisread(
  { builder }: StoredTable,
  { types }: ImportRequest,
  relearned: Relearned,
): boolean {
  const misread = [...builder.misread()].filter(
    ([name, { as }]) => as || !types || !Object.hasOwn(types, name),
  );
  for (const [name, { odd, as }] of misread) {
    const before = relearned.get(name);
    relearned.set(name, {
      was: before?.was ?? builder.typeOf(name),
      odd: [...(before?.odd ?? []), ...odd],
      ...(as && { as }),
    });
  }
  return misread.length > 0;
}

function withoutRows({ dialect }: TableReader, name: string) {
  return new StudioError(
    'bad-data',
    dialect.format === 'csv' && dialect.header
      ? `"${name}" has column names and no rows`
      : `"${name}" has no rows`,
  );
}
