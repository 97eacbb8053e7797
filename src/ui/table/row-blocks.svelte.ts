/** The rows of a table that were fetched, a block at a time; the latest are kept. */
import { SvelteMap, SvelteSet } from 'svelte/reactivity';
import { reviveError, type StudioError } from '../../lib/errors.ts';

export interface RowPage {
  rowNumbers: readonly number[];
  /** As shown, a list a row, in column order; null is missing. */
  cells: readonly (readonly (string | null)[])[];
}

/** Rows in an order. Another order, or other rows, is another source. */
export interface RowSource {
  readonly total: number;
  fetch(start: number, count: number): Promise<RowPage>;
}

export const blockRows = 40;
const keptBlocks = 48;

export class RowBlocks {
  #error = $state.raw<StudioError | null>(null);
  readonly #source: RowSource;
  readonly #pages = new SvelteMap<number, RowPage>();
  readonly #pending = new SvelteSet<number>();

  constructor(source: RowSource) {
    this.#source = source;
  }

  get total() {
    return this.#source.total;
  }
  get count() {
    return Math.ceil(this.total / blockRows);
  }
  /** Why the last block could not be had; fetching stops until `retry`. */
  get error() {
    return this.#error;
  }

  page(block: number): RowPage | undefined {
    return this.#pages.get(block);
  }

  rowsIn(block: number): number {
    return Math.min(blockRows, this.total - block * blockRows);
  }

  /** Fetches those that are not here or on their way. */
  want(blocks: readonly number[]) {
    if (this.#error) return;
    for (const block of blocks)
      if (block >= 0 && block < this.count && !this.#pages.has(block) && !this.#pending.has(block))
        void this.#fetch(block);
  }

  retry() {
    this.#error = null;
  }

  async #fetch(block: number) {
    this.#pending.add(block);
    try {
      const page = await this.#source.fetch(block * blockRows, this.rowsIn(block));
      this.#pages.set(block, page);
      for (const old of [...this.#pages.keys()].slice(0, -keptBlocks)) this.#pages.delete(old);
    } catch (error) {
      this.#error = reviveError(error);
    } finally {
      this.#pending.delete(block);
    }
  }
}
