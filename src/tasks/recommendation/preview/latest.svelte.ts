/** The answer to the last question that was asked: one that a later question has overtaken is never shown. */
import { untrack } from 'svelte';
import { reviveError, type StudioError } from '../../../lib/errors.ts';

export class Latest<Answer> {
  #answer = $state.raw<Answer | null>(null);
  #error = $state.raw<StudioError | null>(null);
  #isAsking = $state(false);
  #tookMs = $state<number | null>(null);
  #turn = 0;

  /** Of the last question that was answered: it stays while the next is asked. */
  get answer() {
    return this.#answer;
  }
  /** Why the last question has no answer. */
  get error() {
    return this.#error;
  }
  get isAsking() {
    return this.#isAsking;
  }
  /** From the question to its answer. */
  get tookMs() {
    return this.#tookMs;
  }

  /**
   * Errors are kept, not thrown; `cancelled` is none. In an effect a question is asked anew for what was read before it,
   * not for what it reads on its way: a project's record is another after each save.
   */
  async ask(question: () => Promise<Answer>): Promise<void> {
    const turn = ++this.#turn;
    const from = performance.now();
    this.#isAsking = true;
    try {
      const answer = await untrack(question);
      if (turn !== this.#turn) return;
      this.#answer = answer;
      this.#error = null;
      this.#tookMs = performance.now() - from;
    } catch (cause) {
      if (turn !== this.#turn) return;
      const error = reviveError(cause);
      this.#error = error.code === 'cancelled' ? null : error;
    } finally {
      if (turn === this.#turn) this.#isAsking = false;
    }
  }

  /** Forgets the answer, and a question that is still going. */
  clear() {
    this.#turn++;
    this.#answer = null;
    this.#error = null;
    this.#isAsking = false;
  }
}
