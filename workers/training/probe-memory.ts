/**
 * What probes measured on this device, in the database. Losing it costs a probe, so that nothing here may fail a run;
 * only to forget may fail, or what is told as measured anew would be old.
 * Another version of the studio measures for itself, and everything is measured again after a month: browsers, drivers
 * and what else a device does change.
 */
import { version } from '../../package.json';
import type { StudioDb } from '../../src/storage/db.ts';
import { repository } from '../../src/storage/records.ts';
import type { ProbeMemory } from '../../src/training/backend-reason.ts';
import { probeCodec } from '../../src/training/probe-codec.ts';

const keptMs = 30 * 24 * 3600 * 1000;

interface DeviceProbes extends ProbeMemory {
  /** All of them, of any network: what was measured while the device was busy is not known by its key. @throws StudioError */
  forget(): Promise<void>;
}

export function probeMemory(db: StudioDb, studio = version): DeviceProbes {
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
    async forget() {
      const known = await probes.list(undefined, () => undefined); // an unreadable one is found by nobody
      await Promise.all(known.map(({ key }) => probes.delete(key)));
    },
  };
}
