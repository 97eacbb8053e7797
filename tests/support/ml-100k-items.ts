/** What is known of MovieLens-100K's films: titles, years, genres. Of a few nothing is. */
import { existsSync, readFileSync } from 'node:fs';
import type { ItemFeatures } from '../../src/recommend/item-features.ts';
import { movieLensShape } from './ml-100k.ts';
import { categoriesOf } from './tiny-tastes.ts';

const file = new URL('../../../shared/data/tests/ml-100k/ml-100k.item', import.meta.url).pathname;

export const hasMovieLensItems = existsSync(file);

export function movieLensItems(): ItemFeatures {
  const { items } = movieLensShape;
  const genres = Array.from({ length: items }, (): string[] => []);
  const texts = new Array<string>(items).fill('');
  const years = new Float64Array(items).fill(NaN);
  for (const line of readFileSync(file, 'utf8').trim().split('\n').slice(1)) {
    const [id, title = '', year = '', names = ''] = line.split('\t');
    const item = Number(id) - 1;
    genres[item] = names.split(' ').filter((name) => name !== '');
    texts[item] = title;
    if (/^\d+$/.test(year)) years[item] = Number(year);
  }
  const known = years.filter((year) => !Number.isNaN(year));
  const mean = known.reduce((a, b) => a + b, 0) / known.length;
  const deviation = Math.sqrt(known.reduce((a, b) => a + (b - mean) ** 2, 0) / known.length);
  const values = Float32Array.from(years, (year) =>
    Number.isNaN(year) ? 0 : (year - mean) / deviation,
  );
  return { items, categories: categoriesOf(genres), texts, numbers: { names: ['year'], values } };
}
