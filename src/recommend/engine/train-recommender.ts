/** A run of a recommender: reads the events, fits the method, measures it by full ranking of the test part. */
import type { Evaluation } from '../../evaluate/evaluation.ts';
import { valuesOf } from '../../evaluate/evaluation.ts';
import { StudioError } from '../../lib/errors.ts';
import { Breath, Stopped } from '../../training/engine/breath.ts';
import type { RecommenderOutcome, TrainingJob } from '../../training/pipeline.ts';
import type { MetricSet, RecommenderConfig, RunConfig, SettingValue } from '../../training/run.ts';
import { fitRecommender } from '../fit-recommender.ts';
import type { Interactions } from '../interactions.ts';
import { asEvents, learnedParts } from '../learned-parts.ts';
import { methodInfo, problemOf } from '../method-settings.ts';
import { embedItems } from './embed-items.ts';
import { allMethods, backendOf } from './methods.ts';
import { readInteractions, splitEvents, type EventTable } from '../read-interactions.ts';
import { readItemFeatures } from '../read-item-features.ts';
import type { FitProgress, Recommender, RecommenderMethod } from '../recommender.ts';
import type { InteractionSplit } from '../split-interactions.ts';
import { joinInteractions } from '../join-interactions.ts';
import { evaluateRecommender, rankingOf } from './evaluate-recommender.ts';

const progressEveryMs = 200;
/** Of a run's work, where texts are encoded before the method is fitted. */
const encodingShare = 0.5;
/** Validation after an epoch is of so many people at most, so that it doesn't take longer than the epoch. */
const validatedPeople = 500;

/** @throws StudioError `cancelled` when it is stopped before there is a model; what the method throws */
export async function trainRecommender(job: TrainingJob): Promise<RecommenderOutcome> {
  const { source, emit } = job;
  const config = recommenderConfig(job.config);
  const method = methodOf(config.learner);
  const backend = backendOf(config.learner);
  const started = performance.now();
  let held = 0;
  const breath = new Breath(job.control, (ms) => (held += ms));
  const seconds = () => (performance.now() - started - held) / 1000;
  const table = await readInteractions(source);
  const parts = splitEvents(table.interactions, source.dataSet.split);
  const learned = learnedParts(config, parts);
  const features = job.items ? (await readItemFeatures(job.items, table.items)).features : null;
  const validation = sampleOf(learned.validation);
  const popular = await allMethods['most-popular'].fit(
    asEvents(parts).train,
    {},
    silent(breath),
    null,
  );
  emit({
    type: 'started',
    backend,
    reason: { type: backend === 'wasm' ? 'only' : 'solver' },
    parameters: 0,
    stepsPerEpoch: 1,
    epoch: 0,
    ...(validation && {
      baseline: await rankingOf(popular, learned.train, validation, breath),
    }),
  });
  let lastTold = 0;
  let last: { model: Recommender; epoch: number } | null = null;
  const tell = (progress: FitProgress) => {
    if (performance.now() - lastTold < progressEveryMs) return;
    lastTold = performance.now();
    const { done, epoch = 1, loss = Number.NaN } = progress;
    emit({
      type: 'progress',
      ...{ epoch, step: 0, loss, examplesPerSecond: 0, done },
      secondsLeft: done > 0.01 ? (seconds() * (1 - done)) / done : Number.NaN,
    });
  };
  let loss: number | undefined;
  const encodes = config.settings['text'] === 'sentence-encoder' && features?.texts;
  const before = encodes ? encodingShare : 0;
  const context = {
    seed: config.seed,
    async breathe(progress: FitProgress) {
      loss = progress.loss ?? loss;
      tell({ ...progress, done: before + (1 - before) * progress.done });
      await breath.within();
    },
    async onEpoch(epoch: number, model: Recommender) {
      last = { model, epoch };
      emit({
        type: 'epoch',
        epoch,
        best: true,
        train: loss === undefined ? {} : { loss },
        ...(validation && {
          validation: await rankingOf(model, learned.train, validation, breath),
        }),
        learningRate: 0,
        seconds: seconds(),
      });
    },
  };
  let outcome: RecommenderOutcome['outcome'] = 'completed';
  const encoding = async (done: number) => {
    tell({ done: encodingShare * done });
    await breath.within();
  };
  const fit = async () => {
    const known = encodes ? await embedItems(features, encoding) : features;
    return fitRecommender(method, learned.train, config.settings, context, known);
  };
  const model = await fit().catch((error: unknown) => {
    if (!(error instanceof Stopped)) throw error;
    outcome = 'stopped';
    if (last) return last.model;
    throw new StudioError('cancelled', 'The run was stopped before there was a model');
  });
  const epochs = (last as { epoch: number } | null)?.epoch ?? 1;
  const measured = await measure(job, table, learned, model, popular, seconds());
  emit({ type: 'finished', outcome, bestEpoch: epochs });
  return {
    outcome,
    backend,
    bestEpoch: epochs,
    ...measured,
    recommender: model.save(),
    items: table.items,
  };
}

async function measure(
  job: TrainingJob,
  table: EventTable,
  parts: InteractionSplit,
  model: Recommender,
  popular: Recommender,
  trainSeconds: number,
): Promise<{ metrics: MetricSet; evaluation: Evaluation | null; perUser: Float32Array | null }> {
  // Measured to the end even where the run was stopped: a model without figures is of little use.
  const { split } = job.source.dataSet;
  const rest = { trainSeconds };
  if (parts.test.indices.length === 0)
    return { metrics: { train: rest }, evaluation: null, perUser: null };
  const { evaluation, perUser } = await evaluateRecommender({
    model,
    popular,
    // What was held out to validate lies before the test: it is known by then.
    known: joinInteractions(parts.train, parts.validation),
    trained: parts.train,
    test: parts.test,
    split,
    dataSet: job.source.dataSet.digest,
    seed: job.config.seed,
    hasValues: table.hasValues,
  });
  return { metrics: { train: rest, test: valuesOf(evaluation.metrics) }, evaluation, perUser };
}

function recommenderConfig(config: RunConfig): RecommenderConfig {
  if ('settings' in config) return config;
  throw new StudioError('bad-config', `learner "${config.learner}" is no recommender`);
}

/** @throws StudioError `bad-config` that names the setting and its value */
function methodOf(id: string): RecommenderMethod<Readonly<Record<string, SettingValue>>> {
  const known = Object.entries(allMethods).find(([name]) => name === id);
  if (!known) throw new StudioError('bad-config', `There is no recommender "${id}"`);
  // Each method's own settings are checked below, by the list that forms are made from.
  const method = known[1] as unknown as RecommenderMethod<Readonly<Record<string, SettingValue>>>;
  return {
    ...method,
    memory: (interactions, settings) => method.memory(interactions, asMethodTakes(id, settings)),
    fit: (interactions, settings, context, features) => {
      for (const setting of methodInfo(id)?.settings ?? []) {
        const value = settings[setting.name];
        const problem = problemOf(setting, value);
        if (problem)
          throw new StudioError(
            'bad-config',
            `setting "${setting.name}": ${String(value)} won't do; ${problem}`,
          );
      }
      return method.fit(interactions, asMethodTakes(id, settings), context, features);
    },
  };
}

/** What a form can say of a hybrid is flat; its method takes a list of members. The rest keep their defaults. */
function asMethodTakes(
  id: string,
  settings: Readonly<Record<string, SettingValue>>,
): Readonly<Record<string, SettingValue>> {
  const known = Object.entries(allMethods).find(([name]) => name === id)?.[1];
  const all = { ...(known?.defaults as Record<string, SettingValue> | undefined), ...settings };
  if (id !== 'hybrid') return all;
  const { combination, first, firstWeight, second, secondWeight, text } = all;
  const member = (method: SettingValue | undefined, weight: SettingValue | undefined) => ({
    ...{ method, weight },
    ...(method === 'content-based' && text !== undefined && { settings: { text } }),
  });
  const members = [member(first, firstWeight), member(second, secondWeight)];
  // The list is the method's own; everything else takes settings as they are.
  return { combination, members } as unknown as Record<string, SettingValue>;
}

/** The events of an even sample of the people; null where there are none. */
function sampleOf(part: Interactions): Interactions | null {
  const { users, starts } = part;
  const people = Uint32Array.from({ length: users }, (_, user) => user).filter(
    (user) => (starts[user + 1] ?? 0) > (starts[user] ?? 0),
  );
  if (people.length === 0) return null;
  const every = Math.ceil(people.length / validatedPeople);
  const chosen = new Set(people.filter((_, i) => i % every === 0));
  return keepUsers(part, chosen);
}

function keepUsers(part: Interactions, chosen: ReadonlySet<number>): Interactions {
  const { users, items, starts } = part;
  const kept = new Uint32Array(users + 1);
  const places: number[] = [];
  for (let user = 0; user < users; user++) {
    if (chosen.has(user))
      for (let at = starts[user] ?? 0; at < (starts[user + 1] ?? 0); at++) places.push(at);
    kept[user + 1] = places.length;
  }
  return {
    ...{ users, items, starts: kept },
    indices: Uint32Array.from(places, (at) => part.indices[at] ?? 0),
    values: Float32Array.from(places, (at) => part.values[at] ?? 0),
    times: part.times && Float64Array.from(places, (at) => part.times?.[at] ?? Number.NaN),
  };
}

function silent(breath: Breath) {
  return { seed: 0, breathe: () => breath.within() };
}
