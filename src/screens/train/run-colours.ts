/** The colours of the runs whose curves are drawn, as numbers of series colours, from 0. */

/** Of the eight series colours the last is the baseline's. */
export const mostDrawn = 7;

export class RunColours {
  readonly #colours = new Map<string, number>();
  #drawn: ReadonlySet<string> = new Set();

  /** A run keeps its colour while it is drawn, and gets it again where no other has taken it meanwhile. */
  of(drawn: readonly { id: string }[]): ReadonlyMap<string, number> {
    const free = new Set(Array.from({ length: mostDrawn }, (_, colour) => colour));
    const given = new Map<string, number>();
    const give = (id: string, colour: number | undefined) => {
      if (colour === undefined || given.has(id) || !free.delete(colour)) return;
      given.set(id, colour);
      this.#colours.set(id, colour);
    };
    // Those that were drawn before come first: a newcomer takes nothing from them.
    for (const { id } of drawn) if (this.#drawn.has(id)) give(id, this.#colours.get(id));
    for (const { id } of drawn) give(id, this.#colours.get(id));
    for (const { id } of drawn) if (!given.has(id)) give(id, [...free][0]);
    this.#drawn = new Set(given.keys());
    return given;
  }
}
