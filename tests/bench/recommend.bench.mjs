/**
 * Recommenders on generated ratings, each measure in a process of its own: 1,000,000 of 6,000 people and 4,000 items
 * beside NumPy and SciPy on one thread where there is a Python with them, 100,000 of 1,000 and 1,000 for what trains on
 * kernels, and 10,000,000 of 60,000 and 10,000. Breaths are of the thread's processor time. Fails where an aim
 * is missed that is the studio's own: evaluating 6,000 people in 5 s, ten million ratings in 2 GB.
 *
 *   npm run bench -- recommend [--only=ease,bpr]
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle, measure } from './program.mjs';

const large = { users: 6_000, items: 4_000, count: 1_000_000 };
const huge = { users: 60_000, items: 10_000, count: 10_000_000 };
const script = new URL('recommend/numpy-bench.py', import.meta.url).pathname;
const titles = {
  ease: 'EASE',
  'item-knn': 'item-kNN, 50 neighbours',
  ials: 'iALS, 32 factors, 3 sweeps',
  bpr: 'BPR, 32 factors, 1 epoch',
  'content-based': 'TF-IDF, and everyone’s scores',
};
/** Nothing as plain is beside these. */
const alone = {
  hybrid: 'hybrid of item-kNN and TF-IDF',
  'user-knn': 'user-kNN',
  'biased-mf': 'biased MF, 1 epoch',
};
/** Of the million these take minutes: an epoch, or a spectrum as flat as generated events have. */
const small = { users: 1_000, items: 1_000, count: 100_000 };
const onKernels = {
  sasrec: 'SASRec, 1 epoch',
  gru4rec: 'GRU4Rec, 1 epoch',
  'two-tower': 'two-tower, 1 epoch',
};
const smaller = {
  'pure-svd': 'PureSVD, 20 factors',
  ...onKernels,
};

export async function bench(args) {
  const only = args
    .find((arg) => arg.startsWith('--only='))
    ?.slice('--only='.length)
    .split(',');
  const wants = (name) => !only || only.includes(name);
  const folder = mkdtempSync(join(tmpdir(), 'glasshouse-bench-'));
  try {
    const program = await bundle('tests/bench/recommend/contestant.ts', folder);
    const studio = (task, { users, items, count }) =>
      measure('node', [program, task, folder, users, items, count]);
    const python = findPython();
    const tellBeside = (task, title, shape) => {
      const own = studio(task, shape);
      const numpy =
        python && !(task in onKernels)
          ? measure(python, [script, task, folder, shape.users, shape.items])
          : null;
      console.log(
        `${title.padEnd(28)} ${tell(own)}` +
          (numpy
            ? `   NumPy ${tell(numpy)}   ${(own.cpuSeconds / numpy.cpuSeconds).toFixed(2)}× its processor time`
            : ''),
      );
    };
    const { events } = studio('generate', large);
    console.log(
      `${cpus()[0]?.model ?? 'a processor'}, load ${loadavg()[0]?.toFixed(1)}; ${events.toLocaleString('en')} ratings, ` +
        `${large.users} × ${large.items}${python ? '' : '; no Python with NumPy and SciPy'}\n`,
    );
    for (const [task, title] of Object.entries(titles)) {
      if (!wants(task)) continue;
      tellBeside(task, title, large);
    }
    for (const [task, title] of Object.entries(alone))
      if (wants(task)) console.log(`${title.padEnd(28)} ${tell(studio(task, large))}`);
    const failures = [];
    for (const task of ['evaluate-item-knn', 'evaluate-ease']) {
      if (!wants(task)) continue;
      const own = studio(task, large);
      console.log(`${task.padEnd(28)} ${tell(own)}   6,000 people, all items ranked`);
      if (own.cpuSeconds > 5) failures.push(`${task} took ${own.cpuSeconds.toFixed(1)} s, aim 5`);
    }
    const few = Object.entries(smaller).filter(([task]) => wants(task));
    if (few.length > 0) {
      const generated = studio('generate', small);
      console.log(
        `\n${generated.events.toLocaleString('en')} ratings, ${small.users} × ${small.items}`,
      );
      for (const [task, title] of few) tellBeside(task, title, small);
    }
    if (wants('huge')) {
      studio('generate', huge);
      const own = studio('load-and-item-knn', huge);
      console.log(`10,000,000 ratings, item-kNN ${tell(own)}`);
      if (own.peakBytes > 2e9) failures.push(`10,000,000 ratings took ${tell(own)}, aim 2 GB`);
    }
    for (const failure of failures) console.error(`FAILED: ${failure}`);
    return failures.length === 0;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const megabytes = (bytes) => `${Math.round(bytes / 1e6)} MB`;
const tell = ({ seconds, cpuSeconds, peakBytes, takenBytes, promisedBytes, longestMs }) =>
  `${seconds.toFixed(2)} s (processor ${cpuSeconds.toFixed(2)} s) ${megabytes(peakBytes)}` +
  (promisedBytes === undefined
    ? ''
    : `, ${megabytes(takenBytes)} of it its own (said ${megabytes(promisedBytes)})`) +
  (longestMs === undefined ? '' : `, longest breath ${longestMs.toFixed(0)} ms`);

function findPython() {
  return ['python3', '/usr/bin/python3', 'python'].find(
    (name) =>
      spawnSync(name, ['-c', 'import numpy, scipy.sparse.linalg'], { stdio: 'ignore' }).status ===
      0,
  );
}
