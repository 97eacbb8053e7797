/** What the training benchmark found, as its JSON has it, and the figures that follow from it. */
import type { NetName } from './networks.ts';

export interface Results {
  date: string;
  hardware: {
    processor: string;
    cores: number;
    memoryGb: number;
    system: string;
    load: number;
    /** Of the processor's widest vectors; null where that isn't known. */
    vectorBits: number | null;
  };
  /** Of the browser, the contestants and what runs them. */
  versions: Record<string, string>;
  /** The graphics processor's name; null where there is none but a software one. */
  graphics: { webgpu: string | null; webgl: string | null };
  options: { rounds: number; ms: number };
  runs: Run[];
  checks: Check[];
  /** Absent where there is one core. */
  workers?: WorkersRun[];
}

/** One network at one batch size. */
export interface Run {
  net: NetName;
  batch: number;
  /** Examples a second, round by round, of each contestant. */
  rates: Record<string, number[]>;
  /** The same by seconds of processor time; absent where that isn't known. */
  cpuRates?: Record<string, number[]>;
  /** Why a contestant has none. */
  notes: Record<string, string>;
}

/** Several workers beside one, the gradients of each step summed. */
export interface WorkersRun {
  net: NetName;
  batch: number;
  workers: number;
  /** Examples a second, round by round. */
  rates: { one: number[]; several: number[] };
}

/** Whether a contestant, from the same start and on the same rows, had the losses that ours had. */
export interface Check {
  net: NetName;
  contestant: string;
  steps: number;
  /** Relative to the loss where that is over 1. */
  farthest: number;
  isSame: boolean;
}

export const ours = 'ours-wasm';
export const torch = 'torch';
export const jax = 'jax-wasm';
export const plain = 'plain-cpu';
export const stock = ['tfjs-wasm', 'tfjs-cpu', 'tfjs-webgl'] as const;
export const onGpu = ['ours-webgpu', 'tfjs-webgpu'] as const;

export const titles: Record<NetName, string> = {
  digits: 'MLP 784-128-10, MNIST digits',
  mlp: 'MLP 784-128-10, noise',
  cnn: 'CNN 28 × 28, 16 and 32 filters',
  lstm: 'LSTM, 40 steps, hidden 64',
  gru: 'GRU, 40 steps, hidden 64',
  transformer: 'Transformer block, 40 steps',
  depthwise: 'depthwise CNN with batch norm',
  mf: 'matrix factorisation, 32 factors',
};

/** How many times as fast we mean to be, at least. */
export function targetOf(net: NetName, contestant: string): number | null {
  if (contestant === torch) return ofTorch[net];
  if (contestant === jax) return 2;
  if (stock.some((id) => id === contestant)) return net === 'mf' ? 2.5 : 5;
  return null;
}

/** Of two workers, beside one. */
export const workersTarget = 1.7;

const ofTorch: Record<NetName, number> = {
  ...{ digits: 1, mlp: 1, cnn: 0.8, lstm: 0.5, gru: 0.8 },
  ...{ transformer: 0.5, depthwise: 0.4, mf: 0.7 },
};

export function rateOf({ rates }: Run, contestant: string): number | null {
  return median(rates[contestant] ?? []);
}

/** How many times as fast as `other`: the median of the rounds' own ratios, which other load hardly moves. */
export function ratioOf(run: Pick<Run, 'rates'>, contestant: string, other: string): number | null {
  const { rates } = run;
  const [own, others] = [rates[contestant] ?? [], rates[other] ?? []];
  const rounds = Math.min(own.length, others.length);
  return median(Array.from({ length: rounds }, (_, i) => (own[i] ?? NaN) / (others[i] ?? NaN)));
}

/** Stock tfjs on whichever of its backends was fastest. */
export function bestStock(run: Run): string {
  const rate = (id: string) => rateOf(run, id) ?? 0;
  return [...stock].sort((a, b) => rate(b) - rate(a))[0] ?? stock[0];
}

/** Null of nothing. */
export function median(numbers: readonly number[]): number | null {
  const sorted = [...numbers].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  const [low, high] = [sorted[half - 1], sorted[half]];
  if (high === undefined) return null;
  return sorted.length % 2 || low === undefined ? high : (low + high) / 2;
}

export const formatRate = (rate: number) => Math.round(rate).toLocaleString('en');

/** Two digits, or all those before the point. */
export function formatRatio(ratio: number): string {
  if (ratio >= 10) return `${Math.round(ratio)}×`;
  return `${ratio.toFixed(ratio >= 1 ? 1 : ratio >= 0.1 ? 2 : 3)}×`;
}
