/** A fitted content-based model: a person's profile, and its cosine with every item. */
import { StudioError } from '../../../lib/errors.ts';
import type { Taste } from '../../interactions.ts';
import { LastPerson } from '../../last-person.ts';
import { exactReasons, mostSimilar } from '../../linear-scores.ts';
import { principalComponents } from '../../principal-components.ts';
import type { Recommender, SavedRecommender, ScorePart, ScoreReasons } from '../../recommender.ts';
import { SavedReader } from '../../saved.ts';
import type { ItemVectors } from './tf-idf.ts';

/** Of the vectors for a map. */
const mostComponents = 16;
/** Imagined events of mean value that each person starts with: one low rating alone is no taste. */
const damping = 5;

export class ContentBased implements Recommender {
  readonly predictsValues = false;
  readonly items: number;
  readonly #vectors: ItemVectors;
  readonly #meanValue: number;
  readonly #profile = new LastPerson((taste) => this.#profileOf(taste));
  #components: { values: Float32Array; width: number } | null = null;

  /** @param meanValue of all events */
  constructor(vectors: ItemVectors, meanValue: number) {
    this.#vectors = vectors;
    this.#meanValue = meanValue;
    this.items = vectors.starts.length - 1;
  }

  /** All features: the sparse ones, then those of the texts' meaning. */
  get #columns(): number {
    return this.#vectors.names.length + (this.#vectors.dense?.width ?? 0);
  }

  /** Cosines with the profile, −1 to 1; all 0 for who has liked nothing yet. */
  score(taste: Taste, out: Float32Array) {
    this.#products(this.#profile.of(taste), out);
  }

  /** A summand a feature that the item and the profile share; one for all of what its text means. */
  reasons(taste: Taste, item: number): ScoreReasons {
    const profile = this.#profile.of(taste);
    const amount = this.#meaningProduct(item, profile);
    const features = this.#rowOf(item).map(([index, value]): ScorePart => ({
      ...{ kind: 'feature', index },
      amount: value * (profile[index] ?? 0),
    }));
    return exactReasons([...features, { kind: 'text', index: 0, amount }]);
  }

  nameOf(_kind: 'feature' | 'member', index: number): string {
    return this.#vectors.names[index] ?? '';
  }

  similar(item: number, count: number) {
    const own = new Float64Array(this.#columns);
    this.#addTo(own, item, 1);
    const cosines = new Float32Array(this.items);
    this.#products(own, cosines);
    return mostSimilar(item, count, this.items, (other) => cosines[other] ?? 0).filter(
      ({ similarity }) => similarity > 0,
    );
  }

  /** Principal components (latent semantic analysis, Deerwester et al. 1990): the features are too many for a map. */
  vectors() {
    this.#components ??= this.#project();
    return this.#components;
  }

  save(): SavedRecommender {
    const { starts, indices, values, names, dense } = this.#vectors;
    return {
      method: 'content-based',
      settings: {
        ...{ meanValue: this.#meanValue, names: JSON.stringify(names) },
        ...(dense && { embeddingWidth: dense.width }),
      },
      arrays: { starts, indices, values, ...(dense && { embeddings: dense.values }) },
    };
  }

  /** @throws StudioError `corrupt` */
  static open(saved: SavedRecommender): ContentBased {
    const reader = new SavedReader(saved, 'content-based');
    const meanValue = reader.number('meanValue');
    const names = namesIn(saved.settings['names']);
    const starts = reader.array('starts', Uint32Array);
    const indices = reader.array('indices', Uint32Array);
    const values = reader.array('values', Float32Array, indices.length);
    const isWhole =
      starts.every((start, i) => start >= (starts[i - 1] ?? 0)) &&
      starts.at(-1) === indices.length &&
      indices.every((index) => index < (names?.length ?? 0));
    if (!names || !isWhole)
      throw new StudioError('corrupt', "A saved content-based model's arrays don't fit together");
    // Models that know texts by their words have none.
    const width = 'embeddingWidth' in saved.settings ? reader.number('embeddingWidth') : 0;
    const dense =
      width > 0
        ? { width, values: reader.array('embeddings', Float32Array, width * (starts.length - 1)) }
        : null;
    return new ContentBased({ starts, indices, values, names, dense }, meanValue);
  }

  /**
   * The mean of the items that the person liked, weighted by value, brought to length 1. Liked is what lies at the
   * person's mean or above it, which few events pull only a little way from everybody's.
   */
  #profileOf({ items, values }: Taste): Float64Array {
    const profile = new Float64Array(this.#columns);
    let sum = damping * this.#meanValue;
    for (const value of values) sum += value;
    const least = sum / (values.length + damping) - 1e-6 * Math.abs(sum); // all alike are all liked
    items.forEach((item, i) => {
      const value = values[i] ?? 0;
      if (value >= least) this.#addTo(profile, item, Math.abs(value));
    });
    let squares = 0;
    for (const amount of profile) squares += amount * amount;
    return squares > 0 ? profile.map((amount) => amount / Math.sqrt(squares)) : profile;
  }

  #rowOf(item: number): [feature: number, value: number][] {
    const { starts, indices, values } = this.#vectors;
    const row: [number, number][] = [];
    for (let at = starts[item] ?? 0; at < (starts[item + 1] ?? 0); at++)
      row.push([indices[at] ?? 0, values[at] ?? 0]);
    return row;
  }

  /** features += weight · item */
  #addTo(features: Float64Array, item: number, weight: number) {
    const { starts, indices, values, dense } = this.#vectors;
    const end = starts[item + 1] ?? 0;
    for (let at = starts[item] ?? 0; at < end; at++) {
      const index = indices[at] ?? 0;
      features[index] = (features[index] ?? 0) + weight * (values[at] ?? 0);
    }
    if (!dense) return;
    const first = this.#vectors.names.length;
    const meaning = this.#meaningOf(item);
    for (let k = 0; k < meaning.length; k++)
      features[first + k] = (features[first + k] ?? 0) + weight * (meaning[k] ?? 0);
  }

  /** Of what the item's text means; empty where texts are known by their words. */
  #meaningOf(item: number): Float32Array {
    const { values, width } = this.#vectors.dense ?? { values: new Float32Array(), width: 0 };
    return values.subarray(item * width, (item + 1) * width);
  }

  #meaningProduct(item: number, features: Float64Array): number {
    const first = this.#vectors.names.length;
    const meaning = this.#meaningOf(item);
    let sum = 0;
    for (let k = 0; k < meaning.length; k++) sum += (meaning[k] ?? 0) * (features[first + k] ?? 0);
    return sum;
  }

  /** out[i] = item i · features */
  #products(features: Float64Array, out: Float32Array | Float64Array) {
    const { starts, indices, values, dense } = this.#vectors;
    for (let item = 0; item < this.items; item++) {
      // Without texts' meanings not even asked: that would take longer than all the rest.
      let sum = dense ? this.#meaningProduct(item, features) : 0;
      const end = starts[item + 1] ?? 0;
      for (let at = starts[item] ?? 0; at < end; at++)
        sum += (values[at] ?? 0) * (features[indices[at] ?? 0] ?? 0);
      out[item] = sum;
    }
  }

  #project() {
    const columns = this.#columns;
    const means = new Float64Array(columns);
    for (let item = 0; item < this.items; item++) this.#addTo(means, item, 1 / this.items);
    const { scores, width } = principalComponents(
      {
        rows: this.items,
        columns,
        times: (vector, out) => {
          this.#products(vector, out);
          const shift = means.reduce((total, mean, i) => total + mean * (vector[i] ?? 0), 0);
          for (let item = 0; item < this.items; item++) out[item] = (out[item] ?? 0) - shift;
        },
        transposedTimes: (vector, out) => {
          const total = vector.reduce((sum, value) => sum + value, 0);
          means.forEach((mean, i) => (out[i] = -mean * total));
          for (let item = 0; item < this.items; item++) this.#addTo(out, item, vector[item] ?? 0);
        },
      },
      mostComponents,
    );
    return { values: scores, width };
  }
}

function namesIn(stored: unknown): string[] | null {
  if (typeof stored !== 'string') return null;
  try {
    const names: unknown = JSON.parse(stored);
    const isNames = Array.isArray(names) && names.every((name) => typeof name === 'string');
    return isNames ? names : null;
  } catch {
    return null;
  }
}
