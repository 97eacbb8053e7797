/** A run of a recommender: reads the events, fits the method, measures it by full ranking of the test part. */
import type { Evaluation } from '../../evaluate/evaluation.ts';
import { valuesOf } from '../../evaluate/evaluation.ts';
import { reviveError, StudioError } from '../../lib/errors.ts';
import { Breath, Stopped } from '../../training/engine/breath.ts';
import type { NoneLiked } from '../../registry/model-version.ts';
import { yieldToMessages } from '../../training/engine/yield.ts';
import type { RecommenderOutcome, TrainingJob } from '../../training/pipeline.ts';
import type { MetricSet, RunPreparation } from '../../training/run.ts';
import { fitRecommender } from '../fit-recommender.ts';
import type { Interactions } from '../interactions.ts';
import { asEvents, learnedParts, type LearnedParts } from '../learned-parts.ts';
import { methodInfo } from '../method-settings.ts';
import { embedItems } from './embed-items.ts';
import { allMethods, backendOf } from './methods.ts';
import { readInteractions, splitEventsInParts, type EventTable } from '../read-interactions.ts';
import { readFeatures } from '../read-features.ts';
import type { FitContext, FitProgress, Recommender, Scorer } from '../recommender.ts';
import { firstItems } from '../first-items.ts';
import { idsBeside, withItems } from '../ids-beside.ts';
import { Breaks } from '../in-parts.ts';
import { joinInParts } from '../join-interactions.ts';
import type { InteractionSplit } from '../split-interactions.ts';
import { EpochChoice } from './epoch-choice.ts';
import { CheckpointPace } from './checkpoint-pace.ts';
import { decodeFitCheckpoint, encodeFitCheckpoint } from './fit-checkpoint.ts';
import {
  methodOf,
  patienceOf,
  ranksNewItems,
  readsMeanings,
  recommenderConfig,
} from './asked-method.ts';
import { mustHaveTexts } from '../told-texts.ts';
import { sampleOf } from './validated-people.ts';
import { evaluateRecommender, validationOf, valueBaseline } from './evaluate-recommender.ts';

const progressEveryMs = 200;
/** Thrown where further epochs promise nothing. */
class Enough extends Error {}
/** Of a run's work, where texts are encoded before the method is fitted. */
const encodingShare = 0.5;
/** Of a run's work, before anything is fitted: it counts and sorts the events. */
const readingShare = 0.1;

/** @throws StudioError `cancelled` when it is stopped before there is a model; what the method throws */
export async function trainRecommender(job: TrainingJob): Promise<RecommenderOutcome> {
  try {
    return await trainUntilStopped(job);
  } catch (error) {
    if (error instanceof Stopped) throw stoppedTooEarly();
    throw error;
  }
}

async function trainUntilStopped(job: TrainingJob): Promise<RecommenderOutcome> {
  const { source, emit } = job;
  const config = recommenderConfig(job.config);
  const method = methodOf(config.learner);
  const backend = backendOf(config.learner);
  const started = performance.now();
  let held = 0;
  const breath = new Breath(job.control, (ms) => (held += ms));
  const killed = job.checkpoint && decodeFitCheckpoint(job.checkpoint);
  const seconds = () => (killed?.seconds ?? 0) + (performance.now() - started - held) / 1000;
  let lastTold = started;
  let loss: number | undefined;
  const tell = (
    { done, epoch = 1 }: FitProgress,
    since: { done: number; seconds: number },
    preparation?: RunPreparation,
  ) => {
    if (performance.now() - lastTold < progressEveryMs) return;
    lastTold = performance.now();
    const share = (done - since.done) / (1 - since.done);
    const left = ((seconds() - since.seconds) * (1 - share)) / share;
    emit({
      type: 'progress',
      ...{ epoch, step: 0, loss: loss ?? Number.NaN, examplesPerSecond: 0, done },
      secondsLeft: share > 0.01 ? left : Number.NaN,
      ...(preparation && { preparation }),
    });
  };
  // A run that has a model already is stopped where that is known: in the fit.
  const within = () =>
    breath.within().catch((error: unknown) => {
      if (!(killed && error instanceof Stopped)) throw error;
    });
  const breaks = new Breaks(within);
  const table = await readInteractions(source, (done) => {
    // How long a fit takes after it, nobody knows yet.
    tell({ done: readingShare * done }, { done: readingShare, seconds: 0 });
    return within();
  });
  const parts = await breaks.drive(splitEventsInParts(table.interactions, source.dataSet.split));
  const learned = await breaks.drive(learnedParts(config, parts, table.likedFrom));
  const more =
    job.items && ranksNewItems(config) ? await idsBeside(job.items, table.items, 'items') : [];
  /** What it learns from, and has lists of. */
  const wide = withItems(table, more);
  const features = job.items ? (await readFeatures(job.items, wide.items)).features : null;
  const people = job.users ? (await readFeatures(job.users, table.users, 'users')).features : null;
  const { validation, popular } = await asLiked(parts, table.likedFrom, breaks);
  const values = table.hasValues ? await breaks.drive(sampleOf(parts.validation)) : null;
  const validate = async (model: Recommender, breathe = () => breath.within()) =>
    validation &&
    (await validationOf(
      firstItems(model, table.items.length),
      { known: learned.train, seen: parts.train, held: validation, values },
      breathe,
    ));
  const ofValues = methodInfo(config.learner)?.learnsFrom === 'values' && table.hasValues;
  const baseline = await validate(popular, within);
  const choice = new EpochChoice(patienceOf(config));
  if (killed?.kept) {
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
  const encodes = readsMeanings(config);
  if (encodes) mustHaveTexts(config.learner, features);
  const before = encodes ? encodingShare : 0;
  const read = { done: readingShare, seconds: seconds() - (killed?.seconds ?? 0) };
  const tellOfFit = (progress: FitProgress, preparation?: RunPreparation) => {
    const done = readingShare + (1 - readingShare) * progress.done;
    tell({ ...progress, done }, read, preparation);
  };
  const pace = new CheckpointPace(job.saveCheckpoint, job.checkpointEveryMs);
  const context: FitContext = {
    ...{ seed: config.seed, people },
    from: killed?.fit ?? null,
    async breathe(progress) {
      loss = progress.loss ?? loss;
      tellOfFit({ ...progress, done: before + (1 - before) * progress.done });
      await breath.within();
    },
    async onEpoch(epoch, model, save, measured = model) {
      const figures = await validate(measured);
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
    onPart(save) {
      pace.offer(() =>
        encodeFitCheckpoint({ epochs: 0, seconds: seconds(), fit: save(), kept: null }),
      );
    },
  };
  const encoding = async (done: number, preparation: RunPreparation) => {
    tellOfFit({ done: encodingShare * done }, preparation);
    await breath.within();
  };
  const fit = async () => {
    if (choice.isEnough) throw new Enough(); // killed at the very end
    const known = encodes && features ? await embedItems(features, encoding) : features;
    const events = { ...learned.train, items: wide.items.length };
    return fitRecommender(method, events, config.settings, context, known);
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
  if (!model) throw stoppedTooEarly();
  const bestEpoch = kept?.epoch ?? 1;
  const { metrics, ...measured } = await measure(job, {
    ...{ table, parts: learned, values: parts.test, popular },
    ...{ model: firstItems(model, table.items.length), withoutEvents: more.length },
    trainSeconds: seconds(),
  });
  emit({ type: 'finished', outcome, bestEpoch });
  return {
    ...{ outcome, backend, bestEpoch },
    ...measured,
    metrics: { ...metrics, ...(kept?.validation && { validation: kept.validation }) },
    recommender: model.save(),
    items: wide.items,
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
  model: Scorer;
  withoutEvents: number;
  popular: Recommender;
  trainSeconds: number;
}

async function measure(
  job: TrainingJob,
  { table, parts, values, model, withoutEvents, popular, trainSeconds }: Measured,
): Promise<{ metrics: MetricSet; evaluation: Evaluation | null; perUser: Float32Array | null }> {
  // Measured to the end even where the run was stopped: a model without figures is of little use.
  const { split } = job.source.dataSet;
  const rest = { trainSeconds };
  if (parts.test.indices.length === 0)
    return { metrics: { train: rest }, evaluation: null, perUser: null };
  const { evaluation, perUser } = await evaluateRecommender({
    ...{ model, withoutEvents, popular },
    // What was held out to validate lies before the test: it is known by then.
    known: await new Breaks(yieldToMessages).drive(joinInParts(parts.train, parts.validation)),
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

function stoppedTooEarly() {
  return new StudioError('cancelled', 'The run was stopped before there was a model');
}

/** Who is validated on, and the baseline, both by what is liked. */
async function asLiked(parts: InteractionSplit, likedFrom: number | null, breaks: Breaks) {
  const { train, validation } = await breaks.drive(asEvents(parts, likedFrom));
  const context = { seed: 0, breathe: () => breaks.take() };
  return {
    validation: await breaks.drive(sampleOf(validation)),
    popular: await allMethods['most-popular'].fit(train, {}, context, null),
  };
}
