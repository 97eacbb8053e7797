/** Words of a text, in any script. No list of stop words: what is in every text has no weight (tf-idf.ts). */

const runs = /[\p{L}\p{M}\p{N}]+/gu;
/** Scripts that are written without spaces between words. */
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]+/gu;

/**
 * Runs of letters and digits, in lower case. Where a script has no spaces, each two neighbouring characters instead:
 * bigrams find about as much as words do (Nie, Gao, Zhang and Zhou 2000), and are the same in every browser, which
 * Intl.Segmenter's words are not.
 */
export function wordsOf(text: string): string[] {
  const words: string[] = [];
  for (const [run] of text.normalize('NFKC').toLowerCase().matchAll(runs)) {
    let end = 0;
    for (const match of run.matchAll(unspaced)) {
      if (match.index > end) words.push(run.slice(end, match.index));
      words.push(...bigramsOf(match[0]));
      end = match.index + match[0].length;
    }
    if (end < run.length) words.push(run.slice(end));
  }
  return words;
}

function bigramsOf(run: string): string[] {
  const characters = Array.from(run);
  if (characters.length < 2) return characters;
  return characters.slice(1).map((character, i) => `${characters[i] ?? ''}${character}`);
}
