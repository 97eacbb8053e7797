/** A fitted sequential model: what comes next after a person's last events. */
import { StudioError } from '../../../lib/errors.ts';
import { sizeOf } from '../../../lib/shape.ts';
import { layerShapes } from '../../../models/layer-shapes.ts';
import { parametersOf } from '../../../models/layer-parameters.ts';
import type { NetworkSpec } from '../../../models/spec.ts';
import {
  createPlannedForward,
  type PlannedForward,
} from '../../../training/engine/kernels/planned-forward.ts';
import type { Taste } from '../../interactions.ts';
import { LastPerson } from '../../last-person.ts';
import { similarRows } from '../../linear-scores.ts';
import { SavedReader } from '../../saved.ts';
import type { SequentialSettings } from '../../settings/sequential.ts';
import type { Recommender, SavedRecommender, ScorePart, ScoreReasons } from '../../recommender.ts';
import { sequentialNetwork, type SequentialKind } from './network.ts';
import { fillTokens, inOrder } from './windows.ts';

export class SequentialRecommender implements Recommender {
  readonly predictsValues = false;
  readonly items: number;
  readonly #kind: SequentialKind;
  readonly #settings: SequentialSettings;
  readonly #weights: Float32Array;
  readonly #spec: NetworkSpec;
  #forward: PlannedForward | null = null;
  readonly #person = new LastPerson((taste) => this.#after(taste));
  readonly #without = new LastPerson((taste) => this.#afterOthers(taste));

  /** @param weights of the network, in the order in which they are packed; kept, not copied */
  constructor(
    kind: SequentialKind,
    settings: SequentialSettings,
    items: number,
    weights: Float32Array,
  ) {
    this.#kind = kind;
    this.#settings = settings;
    this.items = items;
    this.#weights = weights;
    this.#spec = sequentialNetwork(kind, settings, items);
  }

  /** Logits of what comes next; all 0 for who has no events. */
  score(taste: Taste, out: Float32Array) {
    const { wanted } = this.#person.of(taste);
    for (let item = 0; item < this.items; item++) out[item] = this.#logit(wanted, item);
  }

  /** What the score would lose without each of the last events: no sum, since the network isn't linear. */
  reasons(taste: Taste, item: number): ScoreReasons {
    const { last, wanted } = this.#person.of(taste);
    const whole = this.#logit(wanted, item);
    const without = this.#without.of(taste);
    const parts = Array.from(last, (index, left): ScorePart => {
      const amount = whole - this.#logit(without[left] ?? null, item);
      return { kind: 'item', index, amount };
    });
    return {
      parts: parts.sort((a, b) => Math.abs(b.amount) - Math.abs(a.amount)),
      isExact: false,
    };
  }

  similar(item: number, count: number) {
    const { values, width } = this.vectors();
    return similarRows(values, width, item, count);
  }

  vectors() {
    const { units } = this.#settings;
    return { values: this.#weights.subarray(units, (this.items + 1) * units), width: units };
  }

  save(): SavedRecommender {
    return {
      method: this.#kind,
      settings: { ...this.#settings, items: this.items },
      arrays: { weights: this.#weights },
    };
  }

  /** The last events, as many as the network sees, and what it says after them. */
  #after(taste: Taste): { last: Uint32Array; wanted: Float32Array | null } {
    const last = inOrder(taste).subarray(-this.#settings.steps);
    return { last, wanted: this.#wantedAfter(last) };
  }

  /** What it says after these without each of them in turn. */
  #afterOthers(taste: Taste): (Float32Array | null)[] {
    const { last } = this.#person.of(taste);
    return Array.from(last, (_, left) =>
      this.#wantedAfter(last.filter((__, place) => place !== left)),
    );
  }

  /** What the network says at the last step, [units]; null after nothing. */
  #wantedAfter(events: Uint32Array): Float32Array | null {
    if (events.length === 0) return null;
    const { steps, units } = this.#settings;
    const forward = (this.#forward ??= this.#open());
    const tokens = new Float32Array(steps);
    fillTokens(tokens, events);
    return forward.run(tokens, 1).slice((steps - 1) * units, steps * units);
  }

  #logit(wanted: Float32Array | null, item: number): number {
    const { units } = this.#settings;
    let at = (item + 1) * units; // the first row is of no item
    let sum = 0;
    if (wanted)
      for (let k = 0; k < units; k++) sum += (wanted[k] ?? 0) * (this.#weights[at++] ?? 0);
    return sum;
  }

  #open(): PlannedForward {
    const forward = createPlannedForward(this.#spec, 1);
    if (!forward)
      throw new StudioError('no-backend', 'This browser has no WebAssembly with vectors (SIMD)');
    let from = 0;
    const parts = sizesOf(this.#spec).map((size) => this.#weights.subarray(from, (from += size)));
    forward.loadArrays(parts);
    return forward;
  }
}

/** Numbers of each of the network's parameters, in the order in which they are packed. */
function sizesOf(spec: NetworkSpec): number[] {
  const shapes = layerShapes(spec);
  return spec.layers.flatMap((layer, i) =>
    parametersOf(layer, shapes[i]?.inputs ?? []).map(({ shape }) => sizeOf(shape)),
  );
}

/** @throws StudioError `corrupt` */
export function openSequential(kind: SequentialKind, saved: SavedRecommender) {
  const reader = new SavedReader(saved, kind);
  const settings: SequentialSettings = {
    steps: reader.number('steps'),
    units: reader.number('units'),
    blocks: reader.number('blocks'),
    heads: reader.number('heads'),
    dropout: reader.number('dropout'),
    epochs: reader.number('epochs'),
    batchSize: reader.number('batchSize'),
    learningRate: reader.number('learningRate'),
    sampledItems: reader.number('sampledItems'),
  };
  const items = reader.number('items');
  const sizes = sizesOf(sequentialNetwork(kind, settings, items));
  const weights = reader.array(
    'weights',
    Float32Array,
    sizes.reduce((sum, size) => sum + size, 0),
  );
  return new SequentialRecommender(kind, settings, items, weights);
}
