/** The form that a model's own preparation asks for: a field a column, with a value to start from. */
import type { InputRow } from '../../data/input-row.ts';
import type { FittedColumn, FittedPreparation } from '../../data/preparation.ts';
import { formatDate } from '../../data/format-cell.ts';

export type InputField =
  | { type: 'number'; column: string; typical: number }
  | { type: 'date'; column: string; typical: string }
  | { type: 'category'; column: string; options: string[]; typical: string };

export function fieldsOf({ columns }: FittedPreparation): InputField[] {
  return columns.map(fieldOf);
}

function fieldOf(fitted: FittedColumn): InputField {
  const { column } = fitted;
  if (fitted.encoder === 'numeric') {
    if (fitted.isDate) return { type: 'date', column, typical: formatDate(fitted.impute) ?? '' };
    return { type: 'number', column, typical: Number(fitted.impute.toPrecision(6)) };
  }
  const options =
    fitted.reference === null ? fitted.categories : [fitted.reference, ...fitted.categories];
  const typical = fitted.missing.type === 'category' ? fitted.missing.value : (options[0] ?? '');
  return { type: 'category', column, options, typical };
}

export function typicalRow(fields: readonly InputField[]): InputRow {
  return Object.fromEntries(fields.map(({ column, typical }) => [column, typical]));
}
