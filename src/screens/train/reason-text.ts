/** Why a run computes where it does, in words. */
import { format, t } from '../../app/i18n.svelte.ts';
import type { BackendReason } from '../../training/run.ts';

export function reasonText(reason: BackendReason): string {
  const { backends, reasons } = t.train;
  switch (reason.type) {
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
