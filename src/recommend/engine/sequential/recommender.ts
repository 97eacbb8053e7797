/** A fitted sequential model: what comes next after a person's last events. */
import { StudioError } from '../../../lib/errors.ts';
import { layerShapes } from '../../../models/layer-shapes.ts';
import { parametersOf } from '../../../models/layer-parameters.ts';
import type { NetworkSpec } from '../../../models/spec.ts';
import {
  createPlannedForward,
  type PlannedForward,
} from '../../../training/engine/kernels/planned-forward.ts';
import type { Taste } from '../../interactions.ts';
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
  score({ items, values, times }: Taste, out: Float32Array) {
    this.#scoreAfter(inOrder({ items, values, times }), out);
  }

  /** What the score would lose without each of the last events: no sum, since the network isn't linear. */
  reasons(taste: Taste, item: number): ScoreReasons {
    const { units, steps } = this.#settings;
    const last = inOrder(taste).subarray(-steps);
    const vector = this.#vectorOf(item);
    const scoreAfter = (events: Uint32Array) => {
      const wanted = events.length > 0 ? this.#wantedAfter(events) : null;
      let sum = 0;
      for (let k = 0; k < units; k++) sum += (wanted?.[k] ?? 0) * (vector[k] ?? 0);
      return sum;
    };
    const whole = scoreAfter(last);
    const parts = Array.from(last, (index, left): ScorePart => {
      const others = last.filter((_, place) => place !== left);
      return { kind: 'item', index, amount: whole - scoreAfter(others) };
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

  #scoreAfter(events: Uint32Array, out: Float32Array) {
    if (events.length === 0) {
      out.fill(0);
      return;
    }
    const { units } = this.#settings;
    const wanted = this.#wantedAfter(events);
    const { values } = this.vectors();
    for (let item = 0, at = 0; item < this.items; item++) {
      let sum = 0;
      for (let k = 0; k < units; k++, at++) sum += (wanted[k] ?? 0) * (values[at] ?? 0);
      out[item] = sum;
    }
  }

  /** What the network says at the last step, [units]; a view. */
  #wantedAfter(events: Uint32Array): Float32Array {
    const { steps, units } = this.#settings;
    const forward = (this.#forward ??= this.#open());
    const tokens = new Float32Array(steps);
    fillTokens(tokens, events);
    return forward.run(tokens, 1).subarray((steps - 1) * units, steps * units);
  }

  #vectorOf(item: number): Float32Array {
    const { units } = this.#settings;
    return this.#weights.subarray((item + 1) * units, (item + 2) * units);
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
    parametersOf(layer, shapes[i]?.inputs ?? []).map(({ shape }) =>
      shape.reduce((product, size) => product * size, 1),
    ),
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
