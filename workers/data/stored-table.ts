/** A table on its way into storage: full blocks are written while reading goes on. The record is not its business. */
import { encodeBlock, encodeDictionary } from '../../src/data/block-codec.ts';
import { defaultPreparation, defaultRole } from '../../src/data/default-preparation.ts';
import type { InferredType } from '../../src/data/infer-types.ts';
import type { Column, ColumnVector } from '../../src/data/schema.ts';
import { blockRowsOf, TableBuilder } from '../../src/data/table-builder.ts';
import type { ByteStore } from './byte-store.ts';

const blocksInFlight = 3;

export class StoredTable {
  readonly names: readonly string[];
  readonly builder: TableBuilder;
  readonly #store: ByteStore;
  readonly #blocks: string[][];
  readonly #sourceIndexes: readonly number[];
  readonly #writing: Promise<void>[] = [Promise.resolve()];

  /** @param sourceIndexes where each column stands in the source */
  constructor(
    store: ByteStore,
    names: readonly string[],
    types: readonly InferredType[],
    sourceIndexes: readonly number[],
  ) {
    this.#store = store;
    this.#sourceIndexes = sourceIndexes;
    this.names = names;
    this.#blocks = names.map(() => []);
    this.builder = new TableBuilder(names, types, blockRowsOf(names.length), (block) =>
      this.#write(block),
    );
  }

  /** Waits where several blocks are still being written, so that they don't pile up in memory. */
  async keepUp(): Promise<void> {
    await this.#writing.at(-blocksInFlight);
  }

  async end(): Promise<Column[]> {
    const columns = this.builder.end();
    await this.#writing.at(-1);
    const stored: Column[] = [];
    for (const [i, { dictionary, ...column }] of columns.entries()) {
      const [digest] = dictionary ? await this.#store.put([encodeDictionary(dictionary)]) : [];
      stored.push({
        ...column,
        role: defaultRole(column.type),
        preparation: defaultPreparation(column.type),
        sourceIndex: this.#sourceIndexes[i] ?? i,
        blocks: this.#blocks[i] ?? [],
        ...(digest !== undefined && { dictionary: digest }),
      });
    }
    return stored;
  }

  #write(block: ColumnVector[]) {
    const write = async () => {
      const digests = await this.#store.put(block.map(encodeBlock));
      digests.forEach((digest, i) => this.#blocks[i]?.push(digest));
    };
    const before = this.#writing.at(-1) ?? Promise.resolve();
    const writing = before.then(write); // one after the other: blocks are in order
    writing.catch(() => undefined); // thrown where it is awaited
    this.#writing.push(writing);
  }
}
