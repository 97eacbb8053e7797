/** What a score is made of, as bars: parts of one meaning together, and what is left over. */
import type { Reason, Recommendation } from '../../../rpc/recommend-contract.ts';

export interface ReasonBar {
  kind: Reason['kind'] | 'rest';
  /** '' where the kind says all. */
  name: string;
  amount: number;
  /** Of the largest bar, −1 to 1. */
  share: number;
}

const negligible = 1e-6;

/** Largest first by size, the rest last; the amounts sum to the score where `rest` is known. */
export function reasonBars({
  reasons,
  rest,
}: Pick<Recommendation, 'reasons' | 'rest'>): ReasonBar[] {
  const biases = reasons.filter(({ kind }) => kind === 'bias');
  const bars = reasons
    .filter(({ kind }) => kind !== 'bias')
    .map(({ kind, name, amount }) => ({ kind: kind as ReasonBar['kind'], name, amount }));
  // Means and offsets of one model: what is liked by all, in as many parts as the model has.
  if (biases.length > 0)
    bars.push({
      kind: 'bias',
      name: '',
      amount: biases.reduce((sum, { amount }) => sum + amount, 0),
    });
  bars.sort((a, b) => Math.abs(b.amount) - Math.abs(a.amount));
  const largest = Math.max(Math.abs(rest ?? 0), ...bars.map(({ amount }) => Math.abs(amount)));
  if (rest !== null && Math.abs(rest) > negligible * largest)
    bars.push({ kind: 'rest', name: '', amount: rest });
  return bars.map((bar) => ({ ...bar, share: largest > 0 ? bar.amount / largest : 0 }));
}

/** The part that speaks most for the item; undefined where none does. */
export function mainReason(bars: readonly ReasonBar[]): ReasonBar | undefined {
  return (
    bars.find(({ kind, amount }) => amount > 0 && kind !== 'bias' && kind !== 'rest') ??
    bars.find(({ kind, amount }) => amount > 0 && kind === 'bias')
  );
}
