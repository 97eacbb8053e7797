/** Processor time of running processes, which load by others doesn't change as it changes the clock's. */
import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts in these, on all that it runs on. */
const ticksPerSecond = 100;

interface Process {
  parent: number;
  seconds: number;
}

/**
 * Seconds that a process and all that descend from it have used so far; null where there is no /proc.
 * @param except a process that isn't counted, nor what descends from it
 */
export function cpuSeconds(pid: number, except: number | null = null): number | null {
  let names: string[];
  try {
    names = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    return null; // not on Linux
  }
  const processes = new Map<number, Process>();
  for (const name of names) {
    const process = read(name);
    if (process) processes.set(Number(name), process);
  }
  const belongs = (id: number): boolean => {
    if (id === except) return false;
    if (id === pid) return true;
    const own = processes.get(id);
    return own !== undefined && belongs(own.parent);
  };
  return [...processes].reduce((sum, [id, { seconds }]) => (belongs(id) ? sum + seconds : sum), 0);
}

function read(name: string): Process | null {
  try {
    // pid (name) state parent …; user and system time are the 14th and the 15th of all.
    const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return {
      parent: Number(fields[1]),
      seconds: (Number(fields[11]) + Number(fields[12])) / ticksPerSecond,
    };
  } catch {
    return null; // it ended in the meantime
  }
}
