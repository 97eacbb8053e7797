/** Turns bytes and rows into progress that is told several times a second. */
import type { ImportProgress } from '../../src/rpc/contracts.ts';

const intervalMs = 80;

export function progressMeter(bytesTotal: number, tell: (progress: ImportProgress) => void) {
  const started = performance.now();
  let told = 0;
  let bytesRead = 0;
  let rowsRead = 0;
  const report = () => {
    told = performance.now();
    const secondsLeft = (((told - started) / 1000) * (bytesTotal - bytesRead)) / bytesRead;
    tell({ bytesRead, bytesTotal, rows: rowsRead, secondsLeft: bytesRead > 0 ? secondsLeft : 0 });
  };
  const reportIfDue = () => {
    if (performance.now() - told >= intervalMs) report();
  };
  return {
    read: (bytes: number) => {
      bytesRead = Math.min(bytesTotal, bytesRead + bytes);
      reportIfDue();
    },
    rows: (rows: number) => {
      rowsRead = rows;
      reportIfDue();
    },
    done: (rows: number) => {
      rowsRead = rows;
      bytesRead = bytesTotal;
      report();
    },
  };
}
