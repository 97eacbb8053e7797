/** What a step of the two-tower net is given, drawn from the events. */
import type { Random } from '../../../lib/random.ts';
import { tasteOf, type Interactions } from '../../interactions.ts';
import type { TwoTowerSettings } from '../../settings/two-tower.ts';
import { drawCandidates } from '../sequential/candidates.ts';
import type { TwoTowerBatch } from './steps.ts';

type BatchSettings = Pick<TwoTowerSettings, 'history' | 'candidates' | 'idDropout'>;

const noItems = new Uint32Array(0);

/** Of each event its user; [events] */
export function usersOfEvents({ users, starts, indices }: Interactions): Uint32Array {
  const of = new Uint32Array(indices.length);
  for (let user = 0; user < users; user++) of.fill(user, starts[user], starts[user + 1]);
  return of;
}

/**
 * @param events places in the interactions: what each person is to be told to want, given others of their items
 * @param users of all events @param frequencies [items]; items of none are never offered, or they would be learned
 * to be wanted by nobody @param known [users]: of whom something is known beside their events. Now and then that is
 * left out, or the history is, so that either will do (Volkovs, Yu and Poutanen 2017).
 */
export function drawBatch(
  interactions: Interactions,
  events: Uint32Array,
  users: Uint32Array,
  frequencies: Float64Array,
  settings: BatchSettings,
  random: Random,
  known: Uint8Array | null = null,
): TwoTowerBatch {
  const history = new Places();
  const people: Uint32Array[] = [];
  const targets = Array.from(events, (event) => interactions.indices[event] ?? 0);
  const of = Uint32Array.from(events, (event) => users[event] ?? 0);
  const hasFeatures = of.map((user) => known?.[user] ?? 0);
  for (const [i, user] of of.entries()) {
    const { items } = tasteOf(interactions, user);
    const others = items.filter((item) => item !== targets[i]);
    // Of who has but the target, features are all that there is.
    const drawn = hasFeatures[i] && others.length > 0 ? random.uniform() : 1;
    if (drawn < settings.idDropout / 2) hasFeatures[i] = 0;
    const told = drawn >= settings.idDropout / 2 && drawn < settings.idDropout ? noItems : others;
    people.push(some(told, settings.history, random).map((item) => history.of(item)));
  }
  const drawn = drawCandidates(targets, settings.candidates, frequencies, random);
  const isKnown = (_: number, i: number) => (frequencies[drawn.items[i] ?? 0] ?? 0) > 0;
  const items = drawn.items.filter(isKnown);
  const columns = new Map(Array.from(items, (item, column) => [item, column]));
  const keep = (count: number) =>
    Uint8Array.from({ length: count }, () => (random.uniform() < settings.idDropout ? 0 : 1));
  return {
    history: { items: history.items, hasOwn: keep(history.items.length) },
    people,
    ...(known && { users: { of, hasFeatures: Uint8Array.from(hasFeatures) } }),
    offered: { items, hasOwn: keep(items.length), shifts: drawn.shifts.filter(isKnown) },
    targets: Uint32Array.from(targets, (item) => columns.get(item) ?? 0),
    known: Array.from(events, (event) =>
      Uint32Array.from(
        Array.from(tasteOf(interactions, users[event] ?? 0).items, (item) =>
          columns.get(item),
        ).filter((column) => column !== undefined),
      ),
    ),
  };
}

/** Gives items places in the order in which they come. */
class Places {
  readonly #places = new Map<number, number>();

  of(item: number): number {
    const known = this.#places.get(item);
    if (known !== undefined) return known;
    this.#places.set(item, this.#places.size);
    return this.#places.size - 1;
  }

  get items(): Uint32Array {
    return Uint32Array.from(this.#places.keys());
  }
}

/** So many of them, drawn without putting back. */
function some(items: Uint32Array, most: number, random: Random): Uint32Array {
  if (items.length <= most) return items;
  const left = items.slice();
  for (let i = 0; i < most; i++) {
    const j = i + random.integer(left.length - i);
    const kept = left[i] ?? 0;
    left[i] = left[j] ?? 0;
    left[j] = kept;
  }
  return left.subarray(0, most);
}
