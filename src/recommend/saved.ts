/** Reads what a model was saved as; every doubt is `corrupt`. */
import { StudioError } from '../lib/errors.ts';
import type { SavedRecommender } from './recommender.ts';

type ArrayType = typeof Float32Array | typeof Float64Array | typeof Uint32Array;

export class SavedReader {
  readonly #saved: SavedRecommender;

  /** @throws StudioError `corrupt` where another method saved it */
  constructor(saved: SavedRecommender, method: string) {
    this.#saved = saved;
    if (saved.method !== method) this.#fail(`was saved by "${saved.method}", not "${method}"`);
  }

  /** @param length what it must have */
  array<Type extends ArrayType>(name: string, type: Type, length?: number): InstanceType<Type> {
    const array = this.#saved.arrays[name];
    if (!(array instanceof type)) return this.#fail(`has no ${type.name} "${name}"`);
    if (length !== undefined && array.length !== length)
      this.#fail(`"${name}" has ${array.length} numbers, not ${length}`);
    // `instanceof` a type parameter narrows to its union only.
    return array as InstanceType<Type>;
  }

  number(name: string): number {
    const value = this.#saved.settings[name];
    return typeof value === 'number' ? value : this.#fail(`has no number "${name}"`);
  }

  text<Option extends string>(name: string, options: readonly Option[]): Option {
    const value = this.#saved.settings[name];
    return (
      options.find((option) => option === value) ?? this.#fail(`"${name}" is ${String(value)}`)
    );
  }

  #fail(what: string): never {
    throw new StudioError('corrupt', `The saved recommender ${what}`);
  }
}
