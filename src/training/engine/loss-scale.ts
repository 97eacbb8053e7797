/**
 * A factor on the loss while gradients are computed, taken off again before they are used, so that small ones don't
 * vanish where they are kept in fewer bits (Micikevicius et al. 2018). A power of two: in float32 it changes nothing.
 * A step whose gradients overflow is left out, and the factor halved.
 */
export interface LossScaleState {
  value: number;
  /** Steps in a row without an overflow. */
  quiet: number;
}

export class LossScale {
  #value: number;
  #quiet = 0;
  readonly #growsEvery: number | null;

  /** The usual start (Micikevicius et al. 2018, and PyTorch's GradScaler). */
  static dynamic(): LossScale {
    return new LossScale(2 ** 16);
  }

  /** One that stays, whatever the gradients are: nothing waits for them. */
  static fixed(value: number): LossScale {
    return new LossScale(value, null);
  }

  /**
   * @param growsEvery steps in a row without an overflow after which it doubles; Infinity: it never does; null: it is
   * fixed
   */
  constructor(initial: number, growsEvery: number | null = 2000) {
    this.#value = initial;
    this.#growsEvery = growsEvery;
  }

  get value(): number {
    return this.#value;
  }

  get isFixed(): boolean {
    return this.#growsEvery === null;
  }

  save(): LossScaleState {
    return { value: this.#value, quiet: this.#quiet };
  }

  restore({ value, quiet }: LossScaleState) {
    this.#value = value;
    this.#quiet = quiet;
  }

  /** To be told of each step, once. @param isFinite whether all its gradients are */
  observe(isFinite: boolean) {
    if (this.#growsEvery === null) return;
    this.#quiet = isFinite ? this.#quiet + 1 : 0;
    if (!isFinite) this.#value = Math.max(1, this.#value / 2);
    else if (this.#quiet % this.#growsEvery === 0) this.#value *= 2;
  }
}
