/** A table as CSV, block by block. Text that a spreadsheet would run as a formula is defused. */
import Papa from 'papaparse';
import { formatCell } from '../../src/data/format-cell.ts';
import { storageKind, type ColumnSource } from '../../src/data/schema.ts';

const batchRows = 20_000;

/** Further columns, a cell a row each. */
export interface FurtherColumn {
  name: string;
  cells: readonly (string | number | null)[];
}

export async function exportCsv(
  source: ColumnSource,
  further: readonly FurtherColumn[] = [],
): Promise<Blob> {
  const { columns, rows } = source.dataSet;
  const header = [...columns, ...further].map(({ name }) => defused(name));
  const parts: string[] = [`${Papa.unparse([header])}\r\n`];
  for (let from = 0; from < rows; from += batchRows) {
    const count = Math.min(batchRows, rows - from);
    const table: (string | number | null)[][] = Array.from({ length: count }, () => []);
    for (const { name, type } of columns) {
      const vector = await source.column(name);
      const isText = storageKind(type) !== 'number';
      table.forEach((row, i) => {
        const cell = formatCell(vector, from + i, type);
        row.push(isText && cell !== null ? defused(cell) : cell);
      });
    }
    for (const { cells } of further)
      table.forEach((row, i) => {
        const cell = cells[from + i] ?? null;
        row.push(typeof cell === 'string' ? defused(cell) : cell);
      });
    parts.push(`${Papa.unparse(table)}\r\n`);
  }
  return new Blob(parts, { type: 'text/csv;charset=utf-8' });
}

/** OWASP's guard against CSV injection: an apostrophe before what would begin a formula. */
function defused(text: string): string {
  return /^[=+\-@\t\r\n]/.test(text) ? `'${text}` : text;
}
