/**
 * Items on a plane, alike ones near each other: the two directions in which what is known of items spreads most
 * (principal component analysis). Linear and the same every time; what two dimensions can't show it says by its share.
 */
import type { Interactions } from './interactions.ts';
import { Breaks } from './in-parts.ts';
import { peopleRows, vectorRows, weightRows, type ItemRows } from './item-rows.ts';
import { componentsInParts } from './principal-components.ts';
import type { Recommender } from './recommender.ts';

/**
 * What a map is of. `vectors`: the model's own of items; `weights`: what its items say of one another; `people`: who
 * had them, of a model that knows neither.
 */
type MapBasis = 'vectors' | 'weights' | 'people';

export interface ItemMap {
  basis: MapBasis;
  /** Of a hybrid: the method of the member that it shows; else null. */
  member: string | null;
  /** [items, 2], around the middle at 0. */
  positions: Float32Array;
  /** How much of all spread each axis shows, 0 to 1. */
  shares: [horizontal: number, vertical: number];
}

type Placing = Pick<Recommender, 'vectors' | 'weights' | 'placing'>;

/**
 * @param known who had what
 * @param breathe awaited every 20 ms or so; throws to stop
 */
export async function mapItems(
  recommender: Placing,
  known: Interactions,
  breathe: () => Promise<void>,
): Promise<ItemMap> {
  const { basis, member, rows } = rowsOf(recommender, known);
  const placed = await new Breaks(breathe).drive(project(rows));
  return { basis, member, ...placed };
}

function rowsOf(
  recommender: Placing,
  known: Interactions,
): Pick<ItemMap, 'basis' | 'member'> & { rows: ItemRows } {
  const leading = recommender.placing?.();
  const model = leading?.recommender ?? recommender;
  const member = leading?.method ?? null;
  const vectors = model.vectors();
  if (vectors && vectors.values.length > 0)
    return { basis: 'vectors', member, rows: vectorRows(vectors) };
  const weights = model.weights?.();
  if (weights) return { basis: 'weights', member, rows: weightRows(weights) };
  return { basis: 'people', member: null, rows: peopleRows(known) };
}

/** Of all spread: less is what rounding leaves of items that are all alike. */
const negligible = 1e-12;

/**
 * Rows are brought to length 1 first: how long one is tells how popular an item is, and would be all that the map
 * shows. One of zeros stays in the middle of things unknown. With D for the inverse lengths and m for the mean of the
 * columns of D·R, what is analysed is D·R − 1mᵀ.
 */
function* project(rows: ItemRows) {
  const { rows: items, columns, norms } = rows;
  const scales = norms.map((norm) => (norm > 0 ? 1 / norm : 0));
  const scaled = new Float64Array(items);
  const means = new Float64Array(columns);
  rows.transposedTimes(
    scales.map((scale) => scale / items),
    means,
  );
  const unit = norms.reduce((count, norm) => count + (norm > 0 ? 1 : 0), 0);
  const total = unit - items * dot(means, means);
  const {
    scores,
    width: found,
    spreads,
  } = yield* componentsInParts(
    {
      rows: items,
      columns,
      times(vector, out) {
        rows.times(vector, out);
        const mean = dot(means, vector);
        for (let item = 0; item < items; item++)
          out[item] = (scales[item] ?? 0) * (out[item] ?? 0) - mean;
      },
      transposedTimes(vector, out) {
        let sum = 0;
        for (let item = 0; item < items; item++) {
          sum += vector[item] ?? 0;
          scaled[item] = (scales[item] ?? 0) * (vector[item] ?? 0);
        }
        rows.transposedTimes(scaled, out);
        for (let k = 0; k < columns; k++) out[k] = (out[k] ?? 0) - (means[k] ?? 0) * sum;
      },
    },
    2,
  );
  const positions = new Float32Array(2 * items);
  for (let item = 0; item < items; item++)
    for (let k = 0; k < found; k++) positions[2 * item + k] = scores[item * found + k] ?? 0;
  const shareOf = (axis: number) =>
    total > negligible * items ? Math.min(1, (spreads[axis] ?? 0) / total) : 0;
  const shares: ItemMap['shares'] = [shareOf(0), shareOf(1)];
  return { positions, shares };
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}
