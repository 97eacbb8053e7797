/** Warnings and notes as sentences in the language in use. */
import { format, t } from '../../app/i18n.svelte.ts';
import type { DataWarning } from '../../data/profile.ts';
import type { ImportNote } from '../../data/schema.ts';

export function warningText(warning: DataWarning): string {
  const texts = t.data.warning;
  const count = format.integer;
  switch (warning.type) {
    case 'constant':
      return texts.constant(warning.column, warning.value);
    case 'id-like':
      return texts['id-like'](warning.column);
    case 'leaks-target':
      return texts['leaks-target'](warning.column, format.number(warning.association, 3));
    case 'mostly-missing':
      return texts['mostly-missing'](warning.column, format.percent(warning.share, 0));
    case 'unread':
      return texts.unread(
        warning.column,
        count(warning.count),
        count(warning.row),
        warning.text.slice(0, 60),
      );
    case 'infinite':
      return texts.infinite(warning.column, count(warning.count));
    case 'many-categories':
      return texts['many-categories'](warning.column, count(warning.distinct));
    case 'duplicate-rows':
      return texts['duplicate-rows'](count(warning.rows));
    case 'imbalance':
      return texts.imbalance(warning.column, warning.rarest, format.percent(warning.share));
    case 'rare-class':
      return texts['rare-class'](warning.column, warning.value, count(warning.count));
    case 'missing-target':
      return texts['missing-target'](warning.column, count(warning.count));
    case 'unusable-target':
      return texts['unusable-target'](warning.column);
    case 'too-few-rows':
      return texts['too-few-rows'](count(warning.rows));
  }
}

export function noteText(note: ImportNote): string {
  const texts = t.data.notes;
  switch (note.type) {
    case 'short-rows':
    case 'long-rows':
      return texts[note.type](format.integer(note.count), format.integer(note.row));
    case 'renamed-column':
      return texts['renamed-column'](note.from, note.to);
    case 'undecodable-bytes':
      return texts['undecodable-bytes'](note.encoding);
    case 'left-out-member':
      return texts['left-out-member'](note.name, format.integer(note.row));
    case 'ambiguous-date':
      return texts['ambiguous-date'](note.column);
  }
}

/** The column that may be left out to mend it; null where that is no remedy. */
export function ignorable(warning: DataWarning): string | null {
  const types: DataWarning['type'][] = ['constant', 'id-like', 'leaks-target', 'mostly-missing'];
  return 'column' in warning && types.includes(warning.type) ? warning.column : null;
}
