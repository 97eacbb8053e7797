/**
 * SentencePiece's unigram model (Kudo 2018): a text as those pieces of a vocabulary whose scores, logarithms of
 * probabilities, sum to the most. Found by Viterbi; the vocabulary was learned elsewhere.
 */

/** A vocabulary's first entries: what is unknown (0), sentence marks, and some to spare. No text becomes one of them. */
const reserved = 6;
const unknown = 0;
/** What a character costs that no piece has, below the least likely piece: SentencePiece's own. */
const unknownPenalty = 10;
/** Stands for a space, so that pieces tell whether they begin a word. */
const space = '▁';

export type Vocabulary = readonly (readonly [piece: string, score: number])[];

export class UnigramTokenizer {
  readonly #pieces = new Map<string, { id: number; score: number }>();
  readonly #longest: number;
  readonly #unknownScore: number;

  /** @param vocabulary by token: its piece and score */
  constructor(vocabulary: Vocabulary) {
    let longest = 1;
    let least = 0;
    for (let id = reserved; id < vocabulary.length; id++) {
      const [piece, score] = vocabulary[id] ?? ['', 0];
      if (piece === '' || this.#pieces.has(piece)) continue;
      this.#pieces.set(piece, { id, score });
      longest = Math.max(longest, Array.from(piece).length);
      least = Math.min(least, score);
    }
    this.#longest = longest;
    this.#unknownScore = least - unknownPenalty;
  }

  /**
   * The first tokens of a text; none for one without characters. Neighbouring unknown characters are one token.
   * @param most how many are wanted: what lies far behind them isn't looked at
   */
  tokensOf(text: string, most = Infinity): number[] {
    const characters = Array.from(normalised(text)).slice(0, (most + 1) * this.#longest);
    const tokens: number[] = [];
    for (const token of this.#bestPath(characters))
      if (token !== unknown || tokens.at(-1) !== unknown) tokens.push(token);
    return tokens.slice(0, most);
  }

  /** Tokens from the first character to the last. */
  #bestPath(characters: readonly string[]): number[] {
    const scores = new Float64Array(characters.length + 1).fill(-Infinity); // of what ends there
    const tokens = new Uint32Array(characters.length + 1);
    const starts = new Uint32Array(characters.length + 1);
    scores[0] = 0;
    const offer = (from: number, to: number, token: number, score: number) => {
      const sum = (scores[from] ?? 0) + score;
      if (!(sum > (scores[to] ?? 0))) return;
      scores[to] = sum;
      tokens[to] = token;
      starts[to] = from;
    };
    for (let from = 0; from < characters.length; from++) {
      const end = Math.min(characters.length, from + this.#longest);
      let piece = '';
      let isSingleKnown = false;
      for (let to = from + 1; to <= end; to++) {
        piece += characters[to - 1] ?? '';
        const found = this.#pieces.get(piece);
        if (!found) continue;
        if (to === from + 1) isSingleKnown = true;
        offer(from, to, found.id, found.score);
      }
      if (!isSingleKnown) offer(from, from + 1, unknown, this.#unknownScore);
    }
    const path: number[] = [];
    for (let at = characters.length; at > 0; at = starts[at] ?? 0) path.push(tokens[at] ?? unknown);
    return path.reverse();
  }
}

/** As SentencePiece prepares a text: compatible forms made one (NFKC), one mark for any run of spaces and before all. */
function normalised(text: string): string {
  const words = text.normalize('NFKC').split(/\s+/u).filter(Boolean);
  return words.map((word) => space + word).join('');
}
