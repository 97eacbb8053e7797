/**
 * What probes measured on this device, in the database. Losing it costs a probe, so that nothing here may fail a run.
 * Another version of the studio measures for itself, and everything is measured again after a month: browsers, drivers
 * and what else a device does change.
 */
import { version } from '../../package.json';
import type { StudioDb } from '../../src/storage/db.ts';
import { repository } from '../../src/storage/records.ts';
import type { ProbeMemory } from '../../src/training/backend-reason.ts';
import { probeCodec } from '../../src/training/probe-codec.ts';

const keptMs = 30 * 24 * 3600 * 1000;

export function probeMemory(db: StudioDb, studio = version): ProbeMemory {
  const probes = repository(db, probeCodec);
  const keyOf = (key: string) => `${studio} ${key}`;
  return {
    async find(key) {
      const known = await probes.find(keyOf(key)).catch(() => undefined);
      const age = Date.now() - (known?.createdAt ?? 0);
      return known && known.rates.length > 0 && age < keptMs ? known.rates : undefined;
    },
    keep: (key, rates) =>
      probes.put({ key: keyOf(key), createdAt: Date.now(), rates }).catch(() => undefined),
  };
}
