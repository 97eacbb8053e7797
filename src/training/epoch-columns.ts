/** Epochs' figures as they are stored: a column of numbers each. A run may have tens of thousands of epochs. */
import type { EpochRecord, Metrics } from './run.ts';

/** All of one length; null where an epoch lacks the figure. */
export interface EpochColumns {
  epoch: number[];
  learningRate: number[];
  seconds: number[];
  train: Record<string, (number | null)[]>;
  validation: Record<string, (number | null)[]>;
}

export function columnsOf(epochs: readonly EpochRecord[]): EpochColumns {
  const figures = (part: 'train' | 'validation') => {
    const names = new Set(epochs.flatMap((epoch) => Object.keys(epoch[part] ?? {})));
    const column = (name: string) =>
      epochs.map(({ [part]: some }) =>
        some && Object.hasOwn(some, name) ? (some[name] ?? null) : null,
      );
    return Object.fromEntries([...names].map((name) => [name, column(name)]));
  };
  return {
    epoch: epochs.map(({ epoch }) => epoch),
    learningRate: epochs.map(({ learningRate }) => learningRate),
    seconds: epochs.map(({ seconds }) => seconds),
    train: figures('train'),
    validation: figures('validation'),
  };
}

/** An epoch without a figure on validation rows has none of them. */
export function epochsOf({ epoch, learningRate, seconds, ...parts }: EpochColumns): EpochRecord[] {
  const train = Object.entries(parts.train);
  const validation = Object.entries(parts.validation);
  return epoch.map((number, i) => {
    const validated = figuresAt(validation, i);
    return {
      epoch: number,
      train: figuresAt(train, i) ?? {},
      ...(validated && { validation: validated }),
      learningRate: learningRate[i] ?? NaN,
      seconds: seconds[i] ?? NaN,
    };
  });
}

function figuresAt(columns: [string, (number | null)[]][], i: number): Metrics | null {
  const figures: Metrics = {};
  let isEmpty = true;
  for (const [name, column] of columns) {
    const value = column[i] ?? null;
    if (value === null) continue;
    figures[name] = value;
    isEmpty = false;
  }
  return isEmpty ? null : figures;
}

/** Whether it is what `columnsOf` gives: nothing is believed of a file. */
export function isEpochColumns(value: unknown): value is EpochColumns {
  if (!isObject(value)) return false;
  const { epoch, learningRate, seconds, train, validation } = value;
  if (!Array.isArray(epoch) || !isObject(train) || !isObject(validation)) return false;
  const isColumn = (column: unknown, mayLack: boolean) =>
    Array.isArray(column) &&
    column.length === epoch.length &&
    column.every((item) => typeof item === 'number' || (mayLack && item === null));
  const areFigures = (figures: Record<string, unknown>) =>
    Object.entries(figures).every(
      ([name, column]) => name !== '__proto__' && isColumn(column, true),
    );
  return (
    [epoch, learningRate, seconds].every((column) => isColumn(column, false)) &&
    areFigures(train) &&
    areFigures(validation)
  );
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
