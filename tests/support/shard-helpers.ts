/** Helpers of a run on several cores, outside a browser: in this very thread by messages, or real threads. */
import { MessageChannel, Worker } from 'node:worker_threads';
import { build, type Rolldown } from 'vite';
import type { HelperPort } from '../../src/training/helper-port.ts';
import { serveShard } from '../../src/training/engine/parallel/shard.ts';
import type { FromShard, ToShard } from '../../src/training/engine/parallel/protocol.ts';

/** Serves in this thread; only messages can be exchanged with it. */
export function channelHelper(): HelperPort {
  const { port1, port2 } = new MessageChannel();
  const scope: Parameters<typeof serveShard>[0] = {
    postMessage: (message, transfer) => port2.postMessage(message, transfer as ArrayBuffer[]),
    onmessage: null,
  };
  port2.on('message', (data: ToShard) => scope.onmessage?.({ data } as MessageEvent<ToShard>));
  serveShard(scope);
  const helper: HelperPort = {
    postMessage: (message, transfer) => port1.postMessage(message, transfer as ArrayBuffer[]),
    onmessage: null,
    onerror: null,
    onmessageerror: null,
    terminate: () => port1.close(),
  };
  port1.on('message', (data: FromShard) => helper.onmessage?.({ data } as MessageEvent));
  return helper;
}

/** As much of the event as is used. */
export function failed(message: string): ErrorEvent {
  return { message, preventDefault: () => undefined } as ErrorEvent;
}

const entry = 'virtual:shard-thread';
const source = `
  import { parentPort } from 'node:worker_threads';
  import { serveShard } from '/src/training/engine/parallel/shard.ts';
  const scope = { postMessage: (message, transfer) => parentPort.postMessage(message, transfer), onmessage: null };
  parentPort.on('message', (data) => scope.onmessage?.({ data }));
  serveShard(scope);
`;

/** Threads that are running. */
export const threads = new Set<Worker>();

/** @returns what starts a thread */
export async function threadHelpers(): Promise<() => HelperPort> {
  const root = new URL('../..', import.meta.url).pathname;
  const built = await build({
    configFile: false,
    root,
    publicDir: false,
    logLevel: 'error',
    plugins: [
      {
        name: 'shard-thread',
        resolveId: (id) => (id === entry || id === 'virtual:training-kernels' ? `\0${id}` : null),
        load(id) {
          if (id === `\0${entry}`) return source;
          // The owner sends the compiled module along.
          return id === '\0virtual:training-kernels'
            ? "export const simd = '', relaxed = '';"
            : null;
        },
      },
    ],
    build: {
      write: false,
      minify: false,
      target: 'node20',
      rolldownOptions: { input: entry, external: ['node:worker_threads'] },
    },
  });
  const [chunk] = (built as Rolldown.RolldownOutput).output; // neither watched nor several
  const url = new URL(`data:text/javascript;base64,${Buffer.from(chunk.code).toString('base64')}`);
  return () => {
    const thread = new Worker(url);
    threads.add(thread);
    thread.on('exit', () => threads.delete(thread));
    const helper: HelperPort = {
      postMessage: (message, transfer) => thread.postMessage(message, transfer as ArrayBuffer[]),
      onmessage: null,
      onerror: null,
      onmessageerror: null,
      terminate: () => void thread.terminate(),
    };
    thread.on('message', (data: FromShard) => helper.onmessage?.({ data } as MessageEvent));
    thread.on('error', ({ message }) => helper.onerror?.(failed(message)));
    return helper;
  };
}
