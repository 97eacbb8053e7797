/** Items' texts as a method is told to know them: by the words in them, or by what they mean. */
import { storageKind, type Column, type DataSet } from '../data/schema.ts';
import { StudioError } from '../lib/errors.ts';
import type { ItemFeatures } from './item-features.ts';
import type { TextFeatures } from './settings/text.ts';

/**
 * @param method which asks, for what it says
 * @throws StudioError `bad-config` where there is no text whose meaning could be known, or nobody has encoded it
 */
export function withToldTexts(
  method: string,
  features: ItemFeatures,
  text: TextFeatures,
): ItemFeatures {
  if (text === 'tf-idf') return { ...features, embeddings: null };
  mustHaveTexts(method, features);
  if (!features.embeddings)
    throw new StudioError('bad-config', `${method}: nobody has encoded the texts of the items`);
  return { ...features, texts: null };
}

/**
 * What keeps texts from being known by what they mean, as far as it can be told by the columns; null where nothing does.
 * Whether what is in them are texts, and not categories, shows when they are read.
 */
export function lackOfTexts(items: DataSet | null): 'no-table' | 'no-text' | null {
  if (!items) return 'no-table';
  const mayBeText = ({ role, type }: Column) =>
    role === 'feature' && storageKind(type) !== 'number' && type !== 'boolean';
  return items.columns.some(mayBeText) ? null : 'no-text';
}

/** @throws StudioError `bad-config` */
export function mustHaveTexts(method: string, features: ItemFeatures | null): void {
  if (features?.texts) return;
  throw new StudioError(
    'bad-config',
    `${method}: the sentence encoder has nothing to encode, for no column of the table of items holds titles or ` +
      'texts. Bring a table with such a column, or let texts be known by their words',
  );
}
