/** PyTorch in a Python process of its own (torch-bench.py), where there is a Python with torch. */
import { spawn, spawnSync } from 'node:child_process';
import { setPriority } from 'node:os';
import { createInterface } from 'node:readline';
import { examplesOf, ratingsOf, startOf, type NetName } from './networks.ts';

const pythons = ['python3', '/usr/bin/python3', 'python'];
const script = new URL('torch-bench.py', import.meta.url).pathname;

const pagePriority = -8;

export interface Torch {
  pid: number | undefined;
  versions: { torch: string; python: string };
  /** @returns the losses of the first steps. @throws Error with what Python said */
  start(net: NetName, batch: number, steps: number): Promise<number[]>;
  /** @returns examples a second */
  measure(ms: number): Promise<number>;
  end(): void;
}

/** Null where no Python has torch. */
export async function startTorch(): Promise<Torch | null> {
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    OMP_NUM_THREADS: '1',
    OPENBLAS_NUM_THREADS: '1',
  };
  env['MKL_NUM_THREADS'] = '1';
  delete env['OPENBLAS_CORETYPE']; // it would choose kernels of another processor
  const hasTorch = (name: string) =>
    spawnSync(name, ['-c', 'import torch'], { env, stdio: 'ignore' }).status === 0;
  const python = pythons.find(hasTorch);
  if (!python) return null;
  // In a session of its own and with the priority that Chromium gives a page where it may: a fair share of a busy machine.
  const child = spawn(python, [script], {
    ...{ env, detached: true },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  try {
    if (child.pid) setPriority(child.pid, pagePriority);
  } catch {
    // Chromium may not either.
  }
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async (): Promise<Answer> => {
    const line = await lines.next();
    if (line.done) throw new Error('the Python process ended');
    const read = JSON.parse(line.value) as Answer; // as our own script writes it
    if (read.error) throw new Error(read.error);
    return read;
  };
  const ask = (request: Record<string, unknown>) => {
    child.stdin.write(`${JSON.stringify(request)}\n`);
    return answer();
  };
  const { torch = '?', python: version = '?' } = await answer();
  return {
    pid: child.pid,
    versions: { torch, python: version },
    async start(net, batch, steps) {
      const parameters = startOf(net).map(({ name, values }) => [name, base64(values)] as const);
      const { losses = [] } = await ask({
        ...{ do: 'start', net, batch, steps },
        inputs: await inputsOf(net),
        parameters: Object.fromEntries(parameters),
      });
      return losses;
    },
    measure: async (ms) => (await ask({ do: 'measure', ms })).rate ?? NaN,
    end: () => child.stdin.end(),
  };
}

interface Answer {
  error?: string;
  torch?: string;
  python?: string;
  losses?: number[];
  rate?: number;
}

async function inputsOf(net: NetName): Promise<Record<string, string>> {
  if (net === 'mf') {
    const { users, items, values } = ratingsOf();
    return { users: base64(users), items: base64(items), values: base64(values) };
  }
  const { features, labels } = await examplesOf(net);
  return { features: base64(features), labels: base64(labels) };
}

function base64({ buffer, byteOffset, byteLength }: ArrayBufferView): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('base64');
}
