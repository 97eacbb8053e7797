/** What a score is made of, as bars: the largest first, what is left over last. */
import type { Reason, Recommendation } from '../../../rpc/recommend-contract.ts';

export interface ReasonBar {
  kind: Reason['kind'] | 'rest';
  name: string;
  amount: number;
  factor?: NonNullable<Reason['factor']>;
  /** Of the largest bar, −1 to 1. */
  share: number;
}

/** What a person can be told as the reason: not what is the same for every item, or nameless. */
export type MainReason = ReasonBar & {
  kind: Exclude<ReasonBar['kind'], 'bias' | 'user-bias' | 'rest'>;
};

/** Of the largest bar: what rounding leaves over is no part. */
const negligible = 1e-6;

/** The amounts sum to the score where `rest` is known. */
export function reasonBars({
  reasons,
  rest,
}: Pick<Recommendation, 'reasons' | 'rest'>): ReasonBar[] {
  const bars: Omit<ReasonBar, 'share'>[] = [...reasons];
  bars.sort((a, b) => Math.abs(b.amount) - Math.abs(a.amount));
  const largest = Math.max(Math.abs(rest ?? 0), ...bars.map(({ amount }) => Math.abs(amount)));
  if (rest !== null && Math.abs(rest) > negligible * largest)
    bars.push({ kind: 'rest', name: '', amount: rest });
  return bars.map((bar) => ({ ...bar, share: largest > 0 ? bar.amount / largest : 0 }));
}

/** The part that speaks most for the item; undefined where none does. */
export function mainReason(bars: readonly ReasonBar[]): MainReason | undefined {
  return bars.filter(isTellable).find(({ amount }) => amount > 0);
}

function isTellable(bar: ReasonBar): bar is MainReason {
  return bar.kind !== 'bias' && bar.kind !== 'user-bias' && bar.kind !== 'rest';
}
