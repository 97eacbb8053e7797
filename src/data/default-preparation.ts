/** What happens to a column's cells unless a person says otherwise. */
import { storageKind, type ColumnRole, type ColumnType, type Preparation } from './schema.ts';

export function defaultPreparation(type: ColumnType): Preparation {
  const isNumeric = storageKind(type) === 'number';
  return {
    missing: { type: isNumeric ? 'median' : 'own-category' },
    missingIndicator: false,
    scaling: isNumeric ? 'standard' : 'none',
    maxCategories: 64,
  };
}

/** Identifiers and free text tell a table's model nothing that holds for new rows. */
export function defaultRole(type: ColumnType): ColumnRole {
  return type === 'id' || type === 'text' ? 'ignored' : 'feature';
}
