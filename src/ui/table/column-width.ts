/** Px that a column takes, by its heading and the cells that are known. Wider cells are cut short. */
export function columnWidth(heading: string, cells: readonly string[]): number {
  // A heading has room for the mark of the sorted column.
  const letters = Math.max(lettersOf(heading) + 3, ...cells.map(lettersOf));
  return Math.round(Math.max(72, Math.min(280, letters * 7.4 + 26)));
}

/** A Chinese character is as wide as two Latin letters. */
function lettersOf(text: string) {
  return text.length + (text.match(/[\u2e80-\uffef]/g)?.length ?? 0);
}
