/** What is learned, and how a loss takes it. */

/** Classes are indices; numbers are as the network sees them, `divisor` brings errors back to their unit. */
export type Targets =
  | { type: 'classes'; classes: number; values: Int32Array }
  | { type: 'numbers'; divisor: number; values: Float64Array };

/** Columns of the matrix that the loss takes: a column a logit. */
export function outputsOf(targets: Targets): number {
  return targets.type === 'classes' && targets.classes > 2 ? targets.classes : 1;
}

/** The targets of `rows` as the loss takes them, [rows, outputs]: one-hot, 0/1, or the number. */
export function targetRows(targets: Targets, rows: ArrayLike<number>, out: Float32Array) {
  const width = outputsOf(targets);
  if (width > 1) out.fill(0);
  for (let i = 0; i < rows.length; i++) {
    const value = targets.values[rows[i] ?? 0] ?? 0;
    if (width > 1) out[i * width + value] = 1;
    else out[i] = value;
  }
}
