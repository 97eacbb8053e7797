/** A dropped file as the table that a model expects, in memory. */
import type { FittedPreparation, FittedTarget } from '../../src/data/preparation.ts';
import { defaultPreparation } from '../../src/data/default-preparation.ts';
import type { ColumnSource, ColumnType } from '../../src/data/schema.ts';
import { StudioError } from '../../src/lib/errors.ts';
import type { ImportProgress } from '../../src/rpc/contracts.ts';
import { readTable } from '../data/read-table.ts';

/**
 * Reads the model's columns by its own types.
 * @throws StudioError `bad-data` where the file lacks one that the model needs
 */
export async function fileSource(
  model: { preparation: FittedPreparation; target: FittedTarget },
  file: { name: string; blob: Blob },
  needsTarget: boolean,
  onProgress: (progress: ImportProgress) => void,
): Promise<ColumnSource> {
  const types: Record<string, ColumnType> = { [model.target.column]: targetType(model.target) };
  for (const column of model.preparation.columns)
    types[column.column] =
      column.encoder === 'one-hot' ? 'category' : column.isDate ? 'date' : 'number';
  const table = await readTable(file, { types, onProgress });
  const vectors = new Map(table.columns.map(({ name, vector }) => [name, vector]));
  const needed = model.preparation.columns.map(({ column }) => column);
  if (needsTarget) needed.push(model.target.column);
  const lacking = needed.filter((name) => !vectors.has(name));
  if (lacking.length > 0)
    throw new StudioError(
      'bad-data',
      `"${file.name}" lacks ${lacking.length === 1 ? 'the column' : 'the columns'} ${lacking.map((name) => `"${name}"`).join(', ')} that the model needs`,
    );
  return {
    dataSet: {
      digest: '',
      projectId: '',
      parent: null,
      name: file.name,
      createdAt: 0,
      change: { type: 'import', files: [file.name] },
      rows: table.rows,
      blockRows: table.rows,
      columns: table.columns.map(({ name, type }, sourceIndex) => ({
        name,
        type,
        role: 'feature',
        preparation: defaultPreparation(type),
        sourceIndex,
        blocks: [],
      })),
      split: { type: 'random', seed: 0, validation: 0, test: 0, stratify: false },
      dialect: { format: 'parquet' },
      source: [],
      notes: [],
    },
    column(name) {
      const vector = vectors.get(name);
      return vector
        ? Promise.resolve(vector)
        : Promise.reject(new StudioError('not-found', `There is no column "${name}"`));
    },
  };
}

/** Classes that are numbers are compared as numbers: "1.0" is class 1. */
function targetType(target: FittedTarget): ColumnType {
  if (target.type === 'number') return 'number';
  const isNumeric = target.classes.every(
    (name) => name.trim() !== '' && !Number.isNaN(Number(name)),
  );
  return isNumeric ? 'number' : 'category';
}
