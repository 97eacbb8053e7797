/** One measure of the studio's recommenders, in a process of its own so that its peak memory is its own. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  buildInParts,
  buildInteractions,
  type Events,
} from '../../../src/recommend/build-interactions.ts';
import { allMethods } from '../../../src/recommend/engine/methods.ts';
import { Breaks } from '../../../src/recommend/in-parts.ts';
import { tasteOf, type Interactions } from '../../../src/recommend/interactions.ts';
import type { ItemFeatures } from '../../../src/recommend/item-features.ts';
import { methods } from '../../../src/recommend/methods/index.ts';
import { evaluateRanking } from '../../../src/recommend/ranking/evaluate-ranking.ts';
import type {
  FitContext,
  Recommender,
  RecommenderMethod,
} from '../../../src/recommend/recommender.ts';
import { splitInteractions } from '../../../src/recommend/split-interactions.ts';
import { generateRatings, generateTexts } from './generate.ts';

const [task = '', folder = '', users = '', items = '', count = ''] = process.argv.slice(2);
const shape = { users: Number(users), items: Number(items) };

/**
 * As a worker does: hears others after every breath. Between two, in ms of this thread's processor time: the machine may
 * be busy, and the engine compiles and collects on threads of its own.
 */
let longestMs = 0;
let since = threadMs();
const context: FitContext = {
  seed: 1,
  async breathe() {
    longestMs = Math.max(longestMs, threadMs() - since);
    await new Promise((resolve) => setImmediate(resolve));
    since = threadMs();
  },
};

/** Of the whole process where there is no Linux to ask. */
function threadMs(): number {
  try {
    return Number(readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ')[0]) / 1e6;
  } catch {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  }
}

function readEvents(): Events {
  const bytes = (name: string) => new Uint8Array(readFileSync(join(folder, name))).buffer;
  return {
    users: new Uint32Array(bytes('users')),
    items: new Uint32Array(bytes('items')),
    values: new Float32Array(bytes('values')),
    times: null,
  };
}

function writeEvents() {
  const { values, ...events } = generateRatings(shape.users, shape.items, Number(count));
  writeFileSync(join(folder, 'users'), events.users);
  writeFileSync(join(folder, 'items'), events.items);
  writeFileSync(join(folder, 'values'), values ?? new Float32Array());
  writeFileSync(join(folder, 'texts'), generateTexts(shape.items).join('\n'));
  console.log(JSON.stringify({ events: events.users.length }));
}

async function fit(): Promise<Recommender> {
  // In the order in which they were generated, for those that learn from it.
  const events = readEvents();
  const times = Float64Array.from(events.users.keys());
  const x = buildInteractions({ ...events, values: null, times }, shape, 'last');
  const known = featuresOf(shape.items);
  switch (task) {
    case 'ials':
      return fitted(methods.ials, { ...methods.ials.defaults, epochs: 3 }, x);
    case 'bpr':
      return fitted(methods.bpr, { ...methods.bpr.defaults, epochs: 1 }, x);
    case 'content-based':
      return time(() => fitAndScore(x, known));
    case 'sasrec':
      return fitted(allMethods.sasrec, { ...allMethods.sasrec.defaults, epochs: 1 }, x);
    case 'gru4rec':
      return fitted(allMethods.gru4rec, { ...allMethods.gru4rec.defaults, epochs: 1 }, x);
    case 'two-tower': {
      const method = allMethods['two-tower'];
      return fitted(method, { ...method.defaults, epochs: 1 }, x, known);
    }
    case 'hybrid':
      return fitted(allMethods.hybrid, allMethods.hybrid.defaults, x, known);
    case 'ease':
      return fitted(methods.ease, methods.ease.defaults, x);
    case 'item-knn':
      return fitted(methods['item-knn'], methods['item-knn'].defaults, x);
    case 'user-knn':
      return fitted(methods['user-knn'], methods['user-knn'].defaults, x);
    case 'pure-svd':
      return fitted(methods['pure-svd'], methods['pure-svd'].defaults, x);
    case 'biased-mf':
      return fitted(methods['biased-mf'], { ...methods['biased-mf'].defaults, epochs: 1 }, x);
    default:
      throw new Error(`No task "${task}"`);
  }
}

function fitted<Settings>(
  method: RecommenderMethod<Settings>,
  settings: Settings,
  x: Interactions,
  known: ItemFeatures | null = null,
): Promise<Recommender> {
  return time(() => method.fit(x, settings, context, known), method.memory(x, settings));
}

/** Vectors alone are nothing to recommend by: everyone's cosines with all items too. */
async function fitAndScore(x: Interactions, known: ItemFeatures): Promise<Recommender> {
  const method = methods['content-based'];
  const model = await method.fit(x, method.defaults, context, known);
  const scores = new Float32Array(x.items);
  for (let user = 0; user < x.users; user++) {
    model.score(tasteOf(x, user), scores);
    if (user % 16 === 0) await context.breathe({ done: user / x.users });
  }
  return model;
}

/** As the Python beside it reads them: a line an item. */
function featuresOf(items: number): ItemFeatures {
  return { items, categories: null, numbers: null, texts: generateTexts(items) };
}

async function evaluate(id: 'ease' | 'item-knn') {
  const x = buildInteractions({ ...readEvents(), values: null }, shape, 'last');
  const { train, test } = splitInteractions(x, {
    ...{ type: 'random', validation: 0, test: 0.1, seed: 1 },
  });
  const model =
    id === 'ease'
      ? methods.ease.open({
          method: 'ease',
          settings: { items: shape.items },
          // Dense, and any numbers: the time is the same.
          arrays: { weights: new Float32Array(shape.items ** 2).map((_, at) => Math.sin(at)) },
        })
      : await methods['item-knn'].fit(train, methods['item-knn'].defaults, context, null);
  await time(() => evaluateRanking(model, train, test, () => context.breathe({ done: 0 })));
}

/**
 * Prints seconds by the clock and of the processor, the peak of resident memory in bytes and how much of it came with
 * the work.
 * @param promisedBytes what the method says that it takes
 */
async function time<T>(work: () => Promise<T>, promisedBytes?: number): Promise<T> {
  const bytesBefore = process.memoryUsage.rss();
  longestMs = 0;
  since = threadMs();
  const started = performance.now();
  const before = process.cpuUsage();
  const result = await work();
  longestMs = Math.max(longestMs, threadMs() - since);
  const { user, system } = process.cpuUsage(before);
  console.log(
    JSON.stringify({
      seconds: (performance.now() - started) / 1000,
      cpuSeconds: (user + system) / 1e6,
      peakBytes: process.resourceUsage().maxRSS * 1024,
      takenBytes: Math.max(0, process.resourceUsage().maxRSS * 1024 - bytesBefore),
      promisedBytes,
      longestMs,
    }),
  );
  return result;
}

if (task === 'generate') writeEvents();
else if (task === 'evaluate-ease') await evaluate('ease');
else if (task === 'evaluate-item-knn') await evaluate('item-knn');
else if (task === 'load-and-item-knn') {
  const events = readEvents();
  await time(async () => {
    const work = buildInParts(events, shape, 'last');
    const x = await new Breaks(() => context.breathe({ done: 0 })).drive(work);
    return methods['item-knn'].fit(x, methods['item-knn'].defaults, context, null);
  });
} else await fit();
