/** Why a run computes where it does, and on how many cores, in words. */
import { format, t } from '../../app/i18n.svelte.ts';
import type {
  BackendReason,
  RunConfig,
  RunPreparation,
  WorkersChoice,
} from '../../training/run.ts';

export function reasonText(reason: BackendReason, config: RunConfig): string {
  const { backends, reasons } = t.train;
  switch (reason.type) {
    case 'only':
      // Then nothing else was looked for.
      return 'lossScaling' in config && config.lossScaling === 'dynamic'
        ? reasons.lossScaling
        : reasons.only;
    case 'fastest':
      return reasons.fastest(
        reason.rates
          .map((rate) => `${backends[rate.backend]} ${format.integer(rate.examplesPerSecond)}`)
          .join(', '),
      );
    case 'instead':
      return reasons.instead(backends[reason.of]);
    default:
      return reasons[reason.type];
  }
}

/** What it does before it learns. */
export function preparationText(preparation: RunPreparation): string {
  switch (preparation.type) {
    case 'loading-encoder': {
      const megabytes = (bytes: number) => format.fixed(bytes / 1e6, 1);
      return t.train.loadingEncoder(megabytes(preparation.bytes), megabytes(preparation.of));
    }
    case 'encoding-texts':
      return t.train.encodingTexts(
        format.integer(preparation.texts),
        format.integer(preparation.of),
      );
  }
}

/** Null for one that is all there is to be said of. */
export function workersText({ count, rates }: WorkersChoice): string | null {
  const { onWorkers, onWorkersMeasured, rateOf } = t.train;
  const cores = format.integer(count);
  if (rates.length > 1)
    return onWorkersMeasured(
      cores,
      rates
        .map(({ workers = 1, examplesPerSecond }) =>
          rateOf(format.integer(workers), format.integer(examplesPerSecond)),
        )
        .join(', '),
    );
  return count > 1 ? onWorkers(cores) : null;
}
