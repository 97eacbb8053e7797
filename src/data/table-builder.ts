/** Takes rows of text, gives blocks of typed columns. What becomes of a block is its owner's business. */
import { columnBuilder, misreadOf, type ColumnBuilder, type Misread } from './column-builder.ts';
import type { InferredType } from './infer-types.ts';
import type { ColumnType, ColumnVector, ImportNote, TextRow, UnreadCells } from './schema.ts';

export interface BuiltColumn extends InferredType {
  name: string;
  dictionary?: readonly string[];
  unread?: UnreadCells;
}

/** Rows in a block: 65,536, or fewer of a table so wide that a block of each column would fill the memory. */
export function blockRowsOf(columns: number): number {
  const fitting = 2 ** Math.floor(Math.log2(8_388_608 / Math.max(1, columns)));
  return Math.max(1024, Math.min(65_536, fitting));
}

export class TableBuilder {
  rows = 0;
  readonly #blockRows: number;
  readonly #names: readonly string[];
  readonly #types: readonly InferredType[];
  readonly #builders: readonly ColumnBuilder[];
  readonly #onBlock: (block: ColumnVector[]) => void;
  #inBlock = 0;

  /** @param onBlock is given a vector a column each `blockRows` rows, and the rest at the end */
  constructor(
    names: readonly string[],
    types: readonly InferredType[],
    blockRows: number,
    onBlock: (block: ColumnVector[]) => void,
  ) {
    this.#names = names;
    this.#types = types;
    this.#blockRows = blockRows;
    this.#builders = types.map((type) => columnBuilder(type, blockRows));
    this.#onBlock = onBlock;
  }

  add(rows: readonly TextRow[]) {
    for (let from = 0; from < rows.length;) {
      const to = Math.min(rows.length, from + this.#blockRows - this.#inBlock);
      for (let i = 0; i < this.#builders.length; i++)
        this.#builders[i]?.add(rows, i, from, to, this.rows + 1);
      this.rows += to - from;
      this.#inBlock += to - from;
      if (this.#inBlock === this.#blockRows) this.#giveBlock();
      from = to;
    }
  }

  /** Columns that aren't what their first rows promised. */
  misread(): Map<string, Misread> {
    const found = new Map<string, Misread>();
    for (const [i, builder] of this.#builders.entries()) {
      const type = this.#types[i];
      const misread = type && misreadOf(builder, type, this.rows);
      if (misread) found.set(this.#names[i] ?? '', misread);
    }
    return found;
  }

  /** Dates in which days and months couldn't be told apart. */
  ambiguous(): ImportNote[] {
    return this.#builders.flatMap((builder, i) => {
      const { dateFormat: format, alternative } = this.#types[i] ?? {};
      if (format === undefined || alternative === undefined || builder.reads?.() !== 'both')
        return [];
      return [{ type: 'ambiguous-date', column: this.#names[i] ?? '', format, alternative }];
    });
  }

  /** As it was told to read the column. */
  typeOf(name: string): ColumnType {
    return this.#types[this.#names.indexOf(name)]?.type ?? 'text';
  }

  end(): BuiltColumn[] {
    if (this.#inBlock > 0) this.#giveBlock();
    return this.#builders.map((builder, i) => {
      const { dateFormat, decimalComma } = this.#types[i] ?? {};
      const type = builder.type();
      const dictionary = builder.dictionary();
      const unread = builder.unread();
      return {
        name: this.#names[i] ?? '',
        type,
        ...(dictionary && { dictionary }),
        ...(dateFormat !== undefined && type === 'date' && { dateFormat }),
        ...(decimalComma && { decimalComma }),
        ...(unread && { unread }),
      };
    });
  }

  #giveBlock() {
    this.#inBlock = 0;
    this.#onBlock(this.#builders.map((builder) => builder.takeBlock()));
  }
}
