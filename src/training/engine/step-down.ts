/**
 * How a run goes on that can't go on as it was: with fewer rows at a time, on the same device started anew, or on the
 * next backend. Decides alone; fit-network.ts does it.
 */
import { reviveError, type ErrorCode } from '../../lib/errors.ts';
import type { NetworkSpec } from '../../models/spec.ts';
import type { Backend, FailureCause, RunNotice } from '../run.ts';

/** What a run stands on. */
export interface Footing {
  /** Place in the list of backends. */
  place: number;
  /** Most rows that are computed at a time; null: as many as the backend takes. */
  microBatch: number | null;
  /** Whether this backend's device was lost before. */
  hasRestarted: boolean;
  /** Whether several workers failed: one may do. */
  isAlone: boolean;
}

export interface Ground {
  backends: readonly Backend[];
  spec: NetworkSpec;
  /** Rows of a batch. */
  batch: number;
  /** How many of them a backend computes at a time, when it isn't told. */
  rowsAtOnce: (backend: Backend) => number;
}

export interface Failure {
  cause: FailureCause;
  message: string;
  /** The epoch under way, from 1. */
  epoch: number;
  /** On how many it was computed. */
  workers: number;
}

/** Batch norm's statistics are of a part's rows: of fewer they would say little. */
const leastRowsNormalised = 8;
/** Dropout draws two numbers at a time. */
const leastRows = 2;

/** Null where there is nothing left to try. */
export function stepDown(
  footing: Footing,
  { cause, message, epoch, workers }: Failure,
  { backends, spec, batch, rowsAtOnce }: Ground,
): { footing: Footing; notice: RunNotice } | null {
  const backend = backends[footing.place];
  if (!backend) return null;
  if (workers > 1 && cause !== 'diverged')
    return {
      footing: { ...footing, isAlone: true },
      notice: { type: 'one-worker', epoch, workers, message },
    };
  const isNormalised = spec.layers.some(({ type }) => type === 'batch-norm');
  const rows = halved(Math.min(footing.microBatch ?? batch, rowsAtOnce(backend)));
  if (cause === 'out-of-memory' && rows >= (isNormalised ? leastRowsNormalised : leastRows))
    return {
      footing: { ...footing, microBatch: rows },
      notice: { type: 'fewer-rows', epoch, backend, rows, batch, isApproximate: isNormalised },
    };
  if (cause === 'device-lost' && !footing.hasRestarted)
    return {
      footing: { ...footing, hasRestarted: true },
      notice: { type: 'restarted', epoch, backend },
    };
  // On the processor a loss that is no number is the training's own fault, and no other backend's to mend.
  if (cause === 'diverged' && (backend === 'wasm' || backend === 'cpu')) return null;
  const to = backends[footing.place + 1];
  if (!to) return null;
  return {
    // The next one has other memory: it is given whole batches again.
    footing: { place: footing.place + 1, microBatch: null, hasRestarted: false, isAlone: false },
    notice: { type: 'moved', epoch, from: backend, to, cause, message },
  };
}

function halved(rows: number): number {
  return 2 * Math.floor(rows / 4);
}

/** Whatever is tried next, these stay. */
const lasting: readonly ErrorCode[] = [
  ...(['cancelled', 'bad-data', 'bad-config', 'corrupt', 'busy'] as const),
  ...(['not-found', 'storage-full', 'storage-blocked', 'newer-version'] as const),
];

/** What browsers, tfjs and WebAssembly say when memory is refused. */
const refusedMemory =
  /out of memory|allocation failed|could not allocate|enlarge memory|\bOOM\b|invalid (typed )?array (buffer )?length|memory\.grow|unable to create webgltexture|requested texture size/i;

/** Null for one that stepping down doesn't mend. */
export function causeOf(error: unknown): FailureCause | null {
  const { code, message } = reviveError(error);
  if (lasting.includes(code)) return null;
  if (code === 'out-of-memory' || code === 'device-lost' || code === 'diverged') return code;
  return refusedMemory.test(message) ? 'out-of-memory' : 'failed';
}
