/** Turns bytes and rows into progress that is told a few times a second. */
import type { ImportProgress } from '../../src/rpc/contracts.ts';

const intervalMs = 100;

export function progressMeter(bytesTotal: number, tell: (progress: ImportProgress) => void) {
  const started = performance.now();
  let last = 0;
  let bytesRead = 0;
  const report = (rows: number) => {
    const seconds = (performance.now() - started) / 1000;
    const secondsLeft = bytesRead > 0 ? (seconds * (bytesTotal - bytesRead)) / bytesRead : 0;
    tell({ bytesRead, bytesTotal, rows, secondsLeft: Math.max(0, secondsLeft) });
  };
  return {
    read: (bytes: number) => {
      bytesRead = Math.min(bytesTotal, bytesRead + bytes);
    },
    rows(rows: number) {
      if (performance.now() - last < intervalMs) return;
      last = performance.now();
      report(rows);
    },
    done(rows: number) {
      bytesRead = bytesTotal;
      report(rows);
    },
  };
}
