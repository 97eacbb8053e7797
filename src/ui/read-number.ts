/** Reads a typed number; a decimal comma and spaces between thousands are understood. */
export interface NumberBounds {
  min: number;
  max: number;
  integer: boolean;
  /** Empty text is then the value null. */
  optional: boolean;
}

export type NumberReading =
  { value: number | null } | { problem: 'not-number' | 'not-integer' | 'too-small' | 'too-large' };

export function readNumber(text: string, bounds: NumberBounds): NumberReading {
  const compact = text.replace(/[\s\u00a0\u202f]/g, '').replace('−', '-');
  if (!compact) return bounds.optional ? { value: null } : { problem: 'not-number' };
  if (!/^[+-]?(\d+([.,]\d*)?|[.,]\d+)(e[+-]?\d+)?$/i.test(compact))
    return { problem: 'not-number' };
  const value = Number(compact.replace(',', '.'));
  if (!Number.isFinite(value)) return { problem: 'not-number' };
  if (bounds.integer && !Number.isInteger(value)) return { problem: 'not-integer' };
  if (value < bounds.min) return { problem: 'too-small' };
  if (value > bounds.max) return { problem: 'too-large' };
  return { value };
}
