/** A run of a recommender: reads the events, fits the method, measures it by full ranking of the test part. */
import type { Evaluation } from '../../evaluate/evaluation.ts';
import { valuesOf } from '../../evaluate/evaluation.ts';
import { reviveError, StudioError } from '../../lib/errors.ts';
import { Breath, Stopped } from '../../training/engine/breath.ts';
import type { NoneLiked } from '../../registry/model-version.ts';
import type { RecommenderOutcome, TrainingJob } from '../../training/pipeline.ts';
import type { MetricSet } from '../../training/run.ts';
import { fitRecommender } from '../fit-recommender.ts';
import type { Interactions } from '../interactions.ts';
import { asEvents, learnedParts, type LearnedParts } from '../learned-parts.ts';
import { liked } from '../liked.ts';
import { methodInfo } from '../method-settings.ts';
import { embedItems } from './embed-items.ts';
import { allMethods, backendOf } from './methods.ts';
import { readInteractions, splitEvents, type EventTable } from '../read-interactions.ts';
import { readFeatures } from '../read-features.ts';
import type { FitContext, FitProgress, Recommender } from '../recommender.ts';
import { joinInteractions } from '../join-interactions.ts';
import { EpochChoice } from './epoch-choice.ts';
import { CheckpointPace } from './checkpoint-pace.ts';
import { decodeFitCheckpoint, encodeFitCheckpoint } from './fit-checkpoint.ts';
import { methodOf, patienceOf, recommenderConfig } from './asked-method.ts';
import { sampleOf } from './validated-people.ts';
import { evaluateRecommender, validationOf, valueBaseline } from './evaluate-recommender.ts';

const progressEveryMs = 200;
/** Thrown where further epochs promise nothing. */
class Enough extends Error {}
/** Of a run's work, where texts are encoded before the method is fitted. */
const encodingShare = 0.5;

/** @throws StudioError `cancelled` when it is stopped before there is a model; what the method throws */
export async function trainRecommender(job: TrainingJob): Promise<RecommenderOutcome> {
  const { source, emit } = job;
  const config = recommenderConfig(job.config);
  const method = methodOf(config.learner);
  const backend = backendOf(config.learner);
  const started = performance.now();
  let held = 0;
  const breath = new Breath(job.control, (ms) => (held += ms));
  const killed = job.checkpoint && decodeFitCheckpoint(job.checkpoint);
  const seconds = () => (killed?.seconds ?? 0) + (performance.now() - started - held) / 1000;
  const table = await readInteractions(source);
  const parts = splitEvents(table.interactions, source.dataSet.split);
  const learned = learnedParts(config, parts, table.likedFrom);
  const features = job.items ? (await readFeatures(job.items, table.items)).features : null;
  const people = job.users ? (await readFeatures(job.users, table.users, 'users')).features : null;
  const validation = sampleOf(liked(parts.validation, table.likedFrom));
  const popular = await allMethods['most-popular'].fit(
    asEvents(parts, table.likedFrom).train,
    {},
    silent(breath),
    null,
  );
  const values = table.hasValues ? sampleOf(parts.validation) : null;
  const validate = async (model: Recommender) =>
    validation &&
    (await validationOf(
      model,
      { known: learned.train, seen: parts.train, held: validation, values },
      breath,
    ));
  const ofValues = methodInfo(config.learner)?.learnsFrom === 'values' && table.hasValues;
  const baseline = await validate(popular);
  const choice = new EpochChoice(patienceOf(config));
  if (killed) {
    const { epochs, kept } = killed;
    choice.restore({ ...kept, model: method.open(kept.model) }, epochs);
  }
  emit({
    type: 'started',
    backend,
    reason: { type: backend === 'wasm' ? 'only' : 'solver' },
    parameters: 0,
    stepsPerEpoch: 1,
    epoch: choice.epochs,
    ...(baseline && {
      baseline: {
        ...baseline,
        ...(ofValues && values && { rmse: valueBaseline(learned.train, values) }),
      },
    }),
  });
  let lastTold = 0;
  const tell = (progress: FitProgress) => {
    if (performance.now() - lastTold < progressEveryMs) return;
    lastTold = performance.now();
    const { done, epoch = 1 } = progress;
    emit({
      type: 'progress',
      ...{ epoch, step: 0, loss: loss ?? Number.NaN, examplesPerSecond: 0, done },
      secondsLeft: done > 0.01 ? (seconds() * (1 - done)) / done : Number.NaN,
    });
  };
  let loss: number | undefined;
  const encodes = config.settings['text'] === 'sentence-encoder' && features?.texts;
  const before = encodes ? encodingShare : 0;
  const pace = new CheckpointPace(job.saveCheckpoint, job.checkpointEveryMs);
  const context: FitContext = {
    ...{ seed: config.seed, people },
    from: killed?.fit ?? null,
    async breathe(progress) {
      loss = progress.loss ?? loss;
      tell({ ...progress, done: before + (1 - before) * progress.done });
      await breath.within();
    },
    async onEpoch(epoch, model, save) {
      const figures = await validate(model);
      const best = choice.note({ epoch, model, validation: figures });
      emit({
        type: 'epoch',
        ...{ epoch, best },
        train: loss === undefined ? {} : { loss },
        ...(figures && { validation: figures }),
        learningRate: 0,
        seconds: seconds(),
      });
      const { kept } = choice;
      if (kept)
        pace.offer(() => {
          const checked = { ...kept, model: kept.model.save() };
          return encodeFitCheckpoint({
            epochs: epoch,
            seconds: seconds(),
            fit: save(),
            kept: checked,
          });
        });
      if (choice.isEnough) throw new Enough();
    },
  };
  const encoding = async (done: number) => {
    tell({ done: encodingShare * done });
    await breath.within();
  };
  const fit = async () => {
    if (choice.isEnough) throw new Enough(); // killed at the very end
    const known = encodes ? await embedItems(features, encoding) : features;
    return fitRecommender(method, learned.train, config.settings, context, known);
  };
  let outcome: RecommenderOutcome['outcome'] = 'completed';
  const fitted = await fit().catch((error: unknown) => {
    if (error instanceof Enough) outcome = 'early-stopped';
    else if (error instanceof Stopped) outcome = 'stopped';
    else if (choice.kept && reviveError(error).code === 'diverged') outcome = 'diverged';
    else throw error;
    return null;
  });
  const { kept, epochs } = choice;
  const model = kept?.model ?? fitted;
  if (!model) throw new StudioError('cancelled', 'The run was stopped before there was a model');
  const bestEpoch = kept?.epoch ?? 1;
  const { metrics, ...measured } = await measure(job, {
    ...{ table, parts: learned, values: parts.test, model, popular },
    trainSeconds: seconds(),
  });
  emit({ type: 'finished', outcome, bestEpoch });
  return {
    ...{ outcome, backend, bestEpoch },
    ...measured,
    metrics: { ...metrics, ...(kept?.validation && { validation: kept.validation }) },
    recommender: model.save(),
    items: table.items,
    noneLiked: noneLikedIn(parts.test, table.likedFrom),
    epochs: kept && { kept: bestEpoch, run: epochs },
  };
}

/** Null where some test event counts as liked, or there is none at all. */
function noneLikedIn(test: Interactions, from: number | null): NoneLiked | null {
  if (from === null || test.values.length === 0) return null;
  const highest = test.values.reduce((most, value) => Math.max(most, value), -Infinity);
  return highest < from ? { from, highest } : null;
}

interface Measured {
  table: EventTable;
  parts: LearnedParts;
  /** The whole test part, whose values are predicted. */
  values: Interactions;
  model: Recommender;
  popular: Recommender;
  trainSeconds: number;
}

async function measure(
  job: TrainingJob,
  { table, parts, values, model, popular, trainSeconds }: Measured,
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
    seen: parts.seen,
    test: parts.test,
    values: table.hasValues ? values : null,
    likedFrom: table.likedFrom,
    split,
    dataSet: job.source.dataSet.digest,
    seed: job.config.seed,
  });
  return { metrics: { train: rest, test: valuesOf(evaluation.metrics) }, evaluation, perUser };
}

function silent(breath: Breath) {
  return { seed: 0, breathe: () => breath.within() };
}
