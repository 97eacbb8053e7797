/** A row of a table of items or people as features: by how the table's columns were read when a model learned. */
import type { Facts, FeatureField } from './item-features.ts';

/** What is known of one, before it is weighed (methods/content-based/tf-idf.ts). */
export interface FeatureRow {
  categories: string[];
  text: string;
  /** Standardised, 0 where missing; in the order of the columns. */
  numbers: number[];
}

/** What a column that is missing, or holds another kind of thing, would say is left out. */
export function readFacts(facts: Facts, fields: readonly FeatureField[]): FeatureRow {
  const row: FeatureRow = { categories: [], text: '', numbers: [] };
  for (const field of fields) {
    const cell = facts[field.name];
    switch (field.type) {
      case 'number': {
        const isKnown = typeof cell === 'number' && Number.isFinite(cell);
        row.numbers.push(isKnown ? (cell - field.mean) / field.deviation : 0);
        break;
      }
      case 'categories':
        if (cell !== undefined) row.categories.push(...partsOf(String(cell), field.separator));
        break;
      case 'text':
        if (cell !== undefined) row.text += ` ${cell}`;
        break;
      default:
        field satisfies never;
    }
  }
  return row;
}

/** Of a cell that may be a list: what is in it, as categories are called. */
export function partsOf(cell: string, separator: string | null): string[] {
  return (separator === null ? [cell] : cell.split(separator))
    .map((part) => part.trim())
    .filter((name) => name !== '' && name !== '(no genres listed)');
}
