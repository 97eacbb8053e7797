/** The page of the import benchmark: the studio's own data worker, and beside it PapaParse alone in one. */
import { proxy } from 'comlink';
import { WorkerClient } from '../../../src/rpc/worker-client.ts';
import type { DataApi } from '../../../src/rpc/contracts.ts';

export interface ImportMeasure {
  rows: number;
  seconds: number;
  /** Figures of every column, made after the import. */
  profileSeconds: number;
  types: string[];
  progressPerSecond: number;
  /** The page's tasks of 50 ms and more, in ms. */
  longTasks: number[];
  /** Largest script heap of the page while importing, in bytes. */
  pageHeap: number;
}

export interface BenchPage {
  runStudio(): Promise<ImportMeasure>;
  runPapaParse(): Promise<{ rows: number; seconds: number }>;
  clear(): Promise<void>;
}

declare global {
  interface Window {
    bench: BenchPage;
  }
  interface Performance {
    /** Chromium only. */
    memory: { usedJSHeapSize: number };
  }
}

function pickedFile(): File {
  const file = document.querySelector('input')?.files?.[0];
  if (!file) throw new Error('No file was picked');
  return file;
}

window.bench = {
  async runStudio() {
    const file = pickedFile();
    const longTasks: number[] = [];
    const observer = new PerformanceObserver((list) => {
      longTasks.push(...list.getEntries().map((entry) => entry.duration));
    });
    observer.observe({ type: 'longtask' });
    let told = 0;
    let pageHeap = 0;
    const client = new WorkerClient<DataApi>(
      () =>
        new Worker(new URL('../../../workers/data.worker.ts', import.meta.url), { type: 'module' }),
    );
    const request = {
      projectId: 'bench',
      name: 'bench',
      files: [{ name: file.name, blob: file }],
    };
    const onProgress = proxy(() => {
      told++;
      pageHeap = Math.max(pageHeap, performance.memory.usedJSHeapSize);
    });
    const started = performance.now();
    const dataSet = await client.call((api) => api.importFiles(request, onProgress));
    const seconds = (performance.now() - started) / 1000;
    await client.call((api) => api.profile(dataSet));
    const profileSeconds = (performance.now() - started) / 1000 - seconds;
    client.end();
    await new Promise((resolve) => setTimeout(resolve, 200)); // long tasks are told late
    observer.disconnect();
    return {
      rows: dataSet.rows,
      seconds,
      profileSeconds,
      types: dataSet.columns.map(({ name, type }) => `${name}: ${type}`),
      progressPerSecond: told / seconds,
      longTasks,
      pageHeap,
    };
  },

  async runPapaParse() {
    const worker = new Worker(new URL('./papaparse.worker.ts', import.meta.url), {
      type: 'module',
    });
    const started = performance.now();
    const rows = await new Promise<number>((resolve, reject) => {
      worker.onmessage = (event: MessageEvent<number>) => resolve(event.data);
      worker.onerror = (event) => reject(new Error(event.message));
      worker.postMessage(pickedFile());
    });
    const seconds = (performance.now() - started) / 1000;
    worker.terminate();
    return { rows, seconds };
  },

  clear: () =>
    new Promise((resolve, reject) => {
      const request = indexedDB.deleteDatabase('glasshouse');
      request.onsuccess = () => resolve();
      request.onerror = () => reject(new Error('The database was not deleted'));
    }),
};
