/** A row to predict: text or numbers by column name; what is absent or null is missing. */
export type InputRow = Record<string, string | number | boolean | null>;
