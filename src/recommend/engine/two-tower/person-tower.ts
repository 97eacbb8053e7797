/**
 * What layers of a fitted two-tower net make of what is known of a person: for who came after the fit, or tells it on
 * the spot. A few multiplications, in JavaScript.
 */
import * as v from 'valibot';
import { StudioError } from '../../../lib/errors.ts';
import type { Facts, FeatureField } from '../../item-features.ts';
import { vectorOf, type FeatureScale } from '../../methods/content-based/tf-idf.ts';
import { readFacts } from '../../read-facts.ts';
import type { SavedReader } from '../../saved.ts';

/** [features, hidden], [hidden], [hidden, units], [units] */
export type PersonLayers = readonly [Float32Array, Float32Array, Float32Array, Float32Array];

const toldSchema = v.object({
  fields: v.array(
    v.variant('type', [
      v.object({
        type: v.literal('number'),
        name: v.string(),
        mean: v.number(),
        deviation: v.number(),
        isDate: v.exactOptional(v.boolean()),
      }),
      v.object({
        type: v.literal('categories'),
        name: v.string(),
        separator: v.nullable(v.string()),
        values: v.array(v.string()),
      }),
      v.object({ type: v.literal('text'), name: v.string() }),
    ]),
  ),
  names: v.array(v.string()),
  parts: v.object({ categories: v.number(), words: v.number(), numbers: v.number() }),
});

interface Told {
  fields: readonly FeatureField[];
  /** One a feature. */
  names: readonly string[];
  scale: FeatureScale;
}

export class PersonTower {
  readonly fields: readonly FeatureField[];
  readonly #names: readonly string[];
  readonly #scale: FeatureScale;
  readonly #layers: PersonLayers;

  constructor({ fields, names, scale }: Told, layers: PersonLayers) {
    this.fields = fields;
    this.#names = names;
    this.#scale = scale;
    this.#layers = layers;
  }

  /** [units]; null where nothing is known that it was fitted to. */
  vectorOf(facts: Facts): Float32Array | null {
    const row = vectorOf(readFacts(facts, this.fields), this.#scale, this.#names);
    if (row.length === 0) return null;
    const [kernel, bias, outKernel, outBias] = this.#layers;
    const hidden = Float64Array.from(bias);
    for (const [feature, value] of row)
      for (let k = 0; k < hidden.length; k++)
        hidden[k] = (hidden[k] ?? 0) + value * (kernel[feature * hidden.length + k] ?? 0);
    const out = Float64Array.from(outBias);
    for (const [h, value] of hidden.entries()) {
      if (value <= 0) continue; // rectified
      for (let k = 0; k < out.length; k++)
        out[k] = (out[k] ?? 0) + value * (outKernel[h * out.length + k] ?? 0);
    }
    return Float32Array.from(out);
  }

  save() {
    const [personKernel, personBias, personOutKernel, personOutBias] = this.#layers;
    const { idf, ...parts } = this.#scale;
    return {
      settings: { person: JSON.stringify({ fields: this.fields, names: this.#names, parts }) },
      arrays: { personKernel, personBias, personOutKernel, personOutBias, personIdf: idf },
    };
  }

  /** @param units of the vectors @throws StudioError `corrupt` */
  static open(reader: SavedReader, stored: unknown, units: number): PersonTower {
    const told = toldIn(stored);
    if (!told)
      throw new StudioError('corrupt', "A saved two-tower net doesn't say how people are known");
    const { fields, names, parts } = told;
    const bias = reader.array('personBias', Float32Array);
    const kernel = reader.array('personKernel', Float32Array, names.length * bias.length);
    const outKernel = reader.array('personOutKernel', Float32Array, bias.length * units);
    const outBias = reader.array('personOutBias', Float32Array, units);
    const idf = reader.array('personIdf', Float64Array, parts.categories + parts.words);
    return new PersonTower({ fields, names, scale: { ...parts, idf } }, [
      ...([kernel, bias, outKernel, outBias] as const),
    ]);
  }
}

function toldIn(stored: unknown) {
  if (typeof stored !== 'string') return null;
  try {
    const told = v.safeParse(toldSchema, JSON.parse(stored));
    return told.success ? told.output : null;
  } catch {
    return null;
  }
}
