/** Where the gradients of a plan's outputs lie, its slopes, and which layers share a place. */
import { sizeOf } from '../../../../lib/shape.ts';
import type { LayerShape } from '../../../../models/layer-shapes.ts';
import type { LayerSpec, NetworkSpec } from '../../../../models/spec.ts';
import type { Workspace } from '../workspace.ts';
import type { SlopePlace } from './layer-plan.ts';

/** Layers whose output lies where their input lies. */
export function isAlias(layer: LayerSpec): boolean {
  return layer.type === 'flatten' || (layer.type === 'activation' && layer.activation === 'linear');
}

/** Layers that may write their input's slope where their output's lies. */
function isInPlace(layer: LayerSpec | undefined): boolean {
  return layer?.type === 'activation' || layer?.type === 'dropout';
}

/** Where the gradients of the layers' outputs lie, and until when. */
export class Slopes {
  readonly #layers: readonly LayerSpec[];
  readonly #roots: number[];
  readonly #needed: boolean[];
  readonly #at = new Map<number, number>();
  readonly #written = new Set<number>();
  readonly #sizes: number[];
  readonly #shapes: readonly LayerShape[];
  readonly #rows: number;
  readonly #workspace: Workspace;
  readonly last: number;

  constructor(
    { layers, inputShape }: NetworkSpec,
    shapes: readonly LayerShape[],
    parameters: readonly (readonly { isTrainable: boolean }[])[],
    needsInput: boolean,
    rows: number,
    workspace: Workspace,
  ) {
    this.#layers = layers;
    this.#shapes = shapes;
    this.#rows = rows;
    this.#workspace = workspace;
    this.#sizes = shapes.map(({ output }) => sizeOf(output));
    this.#roots = [];
    this.#needed = [];
    layers.forEach((layer, i) => {
      const from = shapes[i]?.from ?? [];
      const [source = -1] = from;
      this.#roots[i] = isAlias(layer) ? this.#rootOf(source) : i;
      const isLearned = parameters[i]?.some(({ isTrainable }) => isTrainable) === true;
      this.#needed[i] =
        isLearned || from.some((place) => (place === -1 ? needsInput : this.#needed[place]));
    });
    const root = this.#rootOf(layers.length - 1);
    this.last = this.#place(root);
    this.#written.add(root);
    if (needsInput) this.#at.set(-1, workspace.reserve(rows * sizeOf(inputShape)));
  }

  /** Of the network's input; 0 where it wasn't asked for. */
  get input(): number {
    return this.#at.get(-1) ?? 0;
  }

  isNeeded(layer: number): boolean {
    return this.#needed[layer] === true;
  }

  of(layer: number): number {
    return this.#place(this.#rootOf(layer));
  }

  /** The first to write a slope writes it, others add. */
  forInputs(layer: number): SlopePlace[] {
    return (this.#shapes[layer]?.from ?? []).map((place) => {
      const isWanted = place === -1 ? this.#at.has(-1) : this.isNeeded(place);
      if (!isWanted) return { at: 0, isAdded: false };
      const root = this.#rootOf(place);
      const isAdded = this.#written.has(root);
      this.#written.add(root);
      if (!this.#at.has(root) && isInPlace(this.#layers[layer])) this.#handOver(layer, root);
      return { at: this.#place(root), isAdded };
    });
  }

  /** After the layer's own way back nothing reads its output's slope. */
  release(layer: number) {
    if (this.#roots[layer] !== layer) return;
    const at = this.#at.get(layer);
    if (at !== undefined) this.#workspace.giveBack(at, this.#count(layer));
  }

  /** What was the place of the layer's output's slope is its input's from now on. */
  #handOver(layer: number, root: number) {
    this.#at.set(root, this.of(layer));
    this.#at.delete(this.#rootOf(layer));
  }

  #rootOf(layer: number): number {
    return layer === -1 ? -1 : (this.#roots[layer] ?? layer);
  }

  #place(root: number): number {
    const known = this.#at.get(root);
    if (known !== undefined) return known;
    const at = this.#workspace.borrow(this.#count(root));
    this.#at.set(root, at);
    return at;
  }

  #count(root: number): number {
    return this.#rows * (this.#sizes[root] ?? 1) + 8;
  }
}
