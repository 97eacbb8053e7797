/** Asks before what can't be undone: `if (await confirm({ … })) …`. ConfirmHost shows it. */
export interface Question {
  title: string;
  text: string;
  /** What the button does, as a verb: "Delete project". */
  action: string;
  /** Must be typed before the button works. */
  typed?: string;
}

class Confirmation {
  #question = $state.raw<Question | null>(null);
  #answer: ((yes: boolean) => void) | null = null;

  get question() {
    return this.#question;
  }

  ask(question: Question): Promise<boolean> {
    this.#answer?.(false);
    this.#question = question;
    return new Promise((resolve) => (this.#answer = resolve));
  }

  answer(yes: boolean) {
    this.#answer?.(yes);
    this.#answer = null;
    this.#question = null;
  }
}

export const confirmation = new Confirmation();

export function confirm(question: Question): Promise<boolean> {
  return confirmation.ask(question);
}
