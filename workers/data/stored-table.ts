/** A table on its way into storage: full blocks are written while reading goes on. The record is not its business. */
import { encodeBlock, encodeDictionary } from '../../src/data/block-codec.ts';
import { defaultPreparation, defaultRole } from '../../src/data/default-preparation.ts';
import type { InferredType } from '../../src/data/infer-types.ts';
import type { Column, ColumnVector } from '../../src/data/schema.ts';
import { blockRowsOf, TableBuilder } from '../../src/data/table-builder.ts';
import { putChunk, putChunks } from '../../src/storage/chunks.ts';
import type { StudioDb } from '../../src/storage/db.ts';

export class StoredTable {
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
      const digests = await putChunks(this.#db, block.map(encodeBlock));
      digests.forEach((digest, i) => this.#blocks[i]?.push(digest));
    });
    this.#writing.catch(() => undefined); // thrown where it is awaited
  }
}
