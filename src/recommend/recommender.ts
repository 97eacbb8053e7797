/** What every way to recommend gives: scores from what is known of a person, and reasons. */
import type { Parts } from '../lib/parts.ts';
import type { Interactions, Taste } from './interactions.ts';
import type { FeatureField, ItemFeatures } from './item-features.ts';

/**
 * One summand of a score. `person` is what is known of the person beside their events. `index` is an item, user, factor,
 * feature or member of a hybrid by `kind`; `text` is what an item's text means, all of it in one.
 */
export interface ScorePart {
  kind: 'item' | 'user' | 'person' | 'factor' | 'feature' | 'text' | 'bias' | 'member';
  index: number;
  amount: number;
  /** Of a member: its own reasons, in its own units. */
  within?: ScoreReasons;
}

export interface ScoreReasons {
  /** Largest first by size. */
  parts: ScorePart[];
  /** Whether the parts sum to the score; else they only tell what mattered. */
  isExact: boolean;
}

/** Named arrays and settings; all that it takes to open the model again. Typed arrays are stored as they are. */
export interface SavedRecommender {
  method: string;
  settings: Readonly<Record<string, number | string | boolean>>;
  arrays: Readonly<Record<string, Float32Array | Float64Array | Uint32Array>>;
}

/** Where a fit stands at an epoch's end (fit-state.ts), in the same form. Arrays may be views, good until it goes on. */
export type FitState = SavedRecommender;
/** How much items say of one another: a square matrix, by rows. */
export interface ItemWeights {
  items: number;
  /** [items + 1] where sparse: the entries of row i are at [starts[i], starts[i + 1]); empty where dense. */
  starts: Uint32Array;
  /** [entries] columns, ascending in a row; null where every entry is there: [items, items]. */
  targets: Uint32Array | null;
  /** [entries] */
  values: Float32Array;
}

/** What can be measured: scores of items. */
export interface Scorer {
  readonly items: number;
  /**
   * What this person is expected to make of each item; higher is better. By the history, so that a new person is
   * scored like a known one (fold-in), and by what is known of the person besides, where the model learned from that.
   * @param out [items]
   */
  score(taste: Taste, out: Float32Array): void;
  /**
   * The same of many people, to the last bit, sooner than one by one; absent: one by one is as good.
   * @param out [tastes, items]
   */
  scoreMany?(tastes: readonly Taste[], out: Float32Array): Parts<void>;
  /** Whether scores are in the units of the ratings. */
  readonly predictsValues: boolean;
}

export interface Recommender extends Scorer {
  reasons(taste: Taste, item: number): ScoreReasons;
  /** Of parts of kind `feature`; of kind `member`: the method. Absent: it has none. */
  nameOf?(kind: 'feature' | 'member', index: number): string;
  /** Of a hybrid: what a part's reasons within are by. */
  memberAt?(index: number): Recommender | null;
  /** The items most alike by the model's own measure, best first; null where it has none. */
  similar(item: number, count: number): { item: number; similarity: number }[] | null;
  /** [items, width]: where items lie, for a map; null where the model has no such thing. */
  vectors(): { values: Float32Array; width: number } | null;
  /** What its items say of one another, for a map of a model without vectors; absent: they say nothing. */
  weights?(): ItemWeights;
  /** Of a hybrid: the member by whose measure items are placed; null where no member places any. */
  placing?(): { method: string; recommender: Recommender } | null;
  /** What of people it learned from beside their events, and heeds in a taste's `facts`; absent: nothing. */
  readonly personFields?: readonly FeatureField[];
  save(): SavedRecommender;
}

/** How far a fit is. `loss` where the method has one. */
export interface FitProgress {
  /** Of all work, 0 to 1. */
  done: number;
  /** From 1, of methods that go over the data again and again. */
  epoch?: number;
  loss?: number;
}

export interface FitContext {
  seed: number;
  /** At least every 50 ms of work; awaiting it lets the worker hear a pause or a cancel (it throws then). */
  breathe(progress: FitProgress): Promise<void>;
  /**
   * After an epoch, with the model as it stands: for a live validation NDCG. Throws where it is enough.
   * @param save tells where the fit stands; good until this is done
   * @param measured what to take figures of in the model's place, where finding each person anew would take longer than
   *   the epoch: it scores people of the fit, by `Taste.user`, as training has them; good until this is done
   */
  onEpoch?(
    epoch: number,
    model: Recommender,
    save: () => FitState,
    measured?: Recommender,
  ): Promise<void>;
  /**
   * As `onEpoch` of a fit whose epochs are no epochs of the whole, as a hybrid's members' are: there are no figures to
   * take, only where it stands to be saved.
   */
  onPart?(save: () => FitState): void;
  /** Where an earlier fit, of the same events, settings and seed, stood. */
  from?: FitState | null;
  /** What is known of people beside their events; row u is user u of the interactions. */
  people?: ItemFeatures | null;
}

/** One way to recommend (methods/<id>/method.ts). */
export interface RecommenderMethod<Settings> {
  /** Kebab-case standard name. */
  readonly id: string;
  readonly defaults: Settings;
  /**
   * Bytes of memory that a fit takes at its peak, so that what can't work is refused before it starts.
   */
  memory(interactions: Interactions, settings: Settings): number;
  /** @throws StudioError `bad-config` for what the method can't be fitted to; what `breathe` throws */
  fit(
    interactions: Interactions,
    settings: Settings,
    context: FitContext,
    features: ItemFeatures | null,
  ): Promise<Recommender>;
  /** @throws StudioError `corrupt` */
  open(saved: SavedRecommender): Recommender;
}
