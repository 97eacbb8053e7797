/** A window in its order in memory (plan.ts puts it there). */
export const windowParts = [
  ...['inHeight', 'inWidth', 'channels', 'outHeight', 'outWidth'],
  ...['height', 'width', 'strideY', 'strideX', 'top', 'left'],
] as const;
