/** What probes measured on this device, in the database. Losing it costs a probe, so that nothing here may fail a run. */
import type { StudioDb } from '../../src/storage/db.ts';
import { repository } from '../../src/storage/records.ts';
import type { ProbeMemory } from '../../src/training/backend-reason.ts';
import { probeCodec } from '../../src/training/probe-codec.ts';

export function probeMemory(db: StudioDb): ProbeMemory {
  const probes = repository(db, probeCodec);
  return {
    find: async (key) => (await probes.find(key).catch(() => undefined))?.rates,
    keep: (key, rates) => probes.put({ key, createdAt: Date.now(), rates }).catch(() => undefined),
  };
}
