/** A data set in memory, for tests of what is done with tables. */
import type {
  Column,
  ColumnSource,
  ColumnType,
  ColumnVector,
  DataSet,
  Preparation,
} from '../../src/data/schema.ts';
import { defaultSplit } from '../../src/data/split.ts';

const preparation: Preparation = {
  missing: { type: 'median' },
  missingIndicator: false,
  scaling: 'standard',
  maxCategories: 64,
};

type Cells = readonly (number | string | null)[];

export interface ColumnInput {
  type: ColumnType;
  cells: Cells;
  role?: Column['role'];
  preparation?: Partial<Preparation>;
}

export function memorySource(columns: Record<string, ColumnInput>): ColumnSource {
  const vectors = new Map(
    Object.entries(columns).map(([name, { type, cells }]) => [name, vectorOf(type, cells)]),
  );
  const rows = Object.values(columns)[0]?.cells.length ?? 0;
  const dataSet: DataSet = {
    digest: 'test',
    projectId: 'test',
    parent: null,
    name: 'test',
    createdAt: 0,
    change: { type: 'import', files: [] },
    rows,
    blockRows: 65_536,
    columns: Object.entries(columns).map(([name, input], sourceIndex) => ({
      name,
      type: input.type,
      role: input.role ?? 'feature',
      preparation: { ...preparation, ...input.preparation },
      sourceIndex,
      blocks: [],
    })),
    split: defaultSplit,
    dialect: { format: 'parquet' },
    source: [],
    notes: [],
  };
  return {
    dataSet,
    column(name) {
      const vector = vectors.get(name);
      return vector ? Promise.resolve(vector) : Promise.reject(new Error(`no column ${name}`));
    },
  };
}

export function vectorOf(type: ColumnType, cells: Cells): ColumnVector {
  switch (type) {
    case 'number':
    case 'integer':
    case 'date':
      return {
        kind: 'number',
        values: Float64Array.from(cells, (c) => (c === null ? NaN : Number(c))),
      };
    case 'boolean':
    case 'category': {
      const dictionary = [...new Set(cells.filter((c) => c !== null).map(String))];
      return {
        kind: 'code',
        codes: Int32Array.from(cells, (c) => (c === null ? -1 : dictionary.indexOf(String(c)))),
        dictionary,
      };
    }
    case 'text':
    case 'id':
      return { kind: 'text', values: cells.map((c) => (c === null ? null : String(c))) };
  }
}

export function allRows(rows: number): Uint32Array {
  return Uint32Array.from({ length: rows }, (_, i) => i);
}
