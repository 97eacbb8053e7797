/** Short notes on what just happened. Errors stay until they are dismissed. */
import { reviveError, type ErrorCode } from '../lib/errors.ts';

export interface Toast {
  id: number;
  tone: 'info' | 'success' | 'error';
  message: string;
  /** Of an error: what to do about it is known by its code. */
  code?: ErrorCode;
  action?: { label: string; run: () => void };
}

const shownForMs = 6000;

class Toasts {
  #list = $state.raw<readonly Toast[]>([]);
  #next = 1;
  readonly #timers = new Map<number, ReturnType<typeof setTimeout>>();

  get list() {
    return this.#list;
  }

  show(toast: Omit<Toast, 'id'>) {
    const id = this.#next++;
    this.#list = [...this.#list.slice(-3), { id, ...toast }];
    if (toast.tone !== 'error') this.#start(id);
  }

  success(message: string) {
    this.show({ tone: 'success', message });
  }

  /** Says what a failed act said. What a person cancelled is no failure. */
  error(error: unknown) {
    const { code, message } = reviveError(error);
    if (code !== 'cancelled') this.show({ tone: 'error', message, code });
  }

  dismiss(id: number) {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
    this.#list = this.#list.filter((toast) => toast.id !== id);
  }

  /** While one is read (hovered or focused), none goes away. */
  pause() {
    for (const timer of this.#timers.values()) clearTimeout(timer);
  }

  resume() {
    for (const id of this.#timers.keys()) this.#start(id);
  }

  #start(id: number) {
    this.#timers.set(
      id,
      setTimeout(() => this.dismiss(id), shownForMs),
    );
  }
}

export const toasts = new Toasts();
