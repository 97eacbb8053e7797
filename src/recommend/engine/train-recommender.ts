/** A run of a recommender: reads the events, fits the method, measures it by full ranking of the test part. */
import { reviveError, StudioError } from '../../lib/errors.ts';
import { Breath, Stopped } from '../../training/engine/breath.ts';
import type { RecommenderOutcome, TrainingJob } from '../../training/pipeline.ts';
import { firstItems } from '../first-items.ts';
import { fitRecommender } from '../fit-recommender.ts';
import { methodInfo } from '../method-settings.ts';
import type { FitContext, Recommender } from '../recommender.ts';
import { mustHaveTexts } from '../told-texts.ts';
import { methodOf, patienceOf, readsMeanings, recommenderConfig } from './asked-method.ts';
import { CheckpointPace } from './checkpoint-pace.ts';
import { embedItems } from './embed-items.ts';
import { EpochChoice } from './epoch-choice.ts';
import { validationOf, valueBaseline } from './evaluate-recommender.ts';
import { decodeFitCheckpoint, encodeFitCheckpoint } from './fit-checkpoint.ts';
import { measureRun } from './measure-run.ts';
import { backendOf } from './methods.ts';
import { RunProgress } from './run-progress.ts';
import { readTrainingData, type TrainingData } from './training-data.ts';

/** Thrown where further epochs promise nothing. */
class Enough extends Error {}

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
  const { emit } = job;
  const config = recommenderConfig(job.config);
  const method = methodOf(config.learner);
  const backend = backendOf(config.learner);
  const killed = job.checkpoint && decodeFitCheckpoint(job.checkpoint);
  const progress = new RunProgress(emit, killed?.seconds ?? 0);
  const breath = new Breath(job.control, (ms) => {
    progress.hold(ms);
  });
  // A run that has a model already is stopped where that is known: in the fit.
  const within = () =>
    breath.within().catch((error: unknown) => {
      if (!(killed && error instanceof Stopped)) throw error;
    });
  const data = await readTrainingData(job, config, (done) => {
    progress.reading(done);
    return within();
  });
  const { learned, features, people } = data;
  const choice = new EpochChoice(patienceOf(config));
  if (killed?.kept) {
    const { epochs, kept } = killed;
    choice.restore({ ...kept, model: method.open(kept.model) }, epochs);
  }
  const baseline = await baselineOf(data, config.learner, within);
  emit({
    type: 'started',
    backend,
    reason: { type: backend === 'wasm' ? 'only' : 'solver' },
    parameters: 0,
    stepsPerEpoch: 1,
    epoch: choice.epochs,
    ...(baseline && { baseline }),
  });
  const encodes = readsMeanings(config);
  if (encodes) mustHaveTexts(config.learner, features);
  progress.begin(encodes);
  const pace = new CheckpointPace(job, (error) => {
    const { code, message } = error;
    const notice = { type: 'not-stored', epoch: choice.epochs + 1, code, message } as const;
    emit({ type: 'notice', notice });
  });
  const context: FitContext = {
    ...{ seed: config.seed, people },
    from: killed?.fit ?? null,
    async breathe(done) {
      progress.fitting(done);
      await breath.within();
    },
    async onEpoch(epoch, model, save, measured = model) {
      const validation = await validate(data, measured, () => breath.within());
      const best = choice.note({ epoch, model, validation });
      const { loss, seconds } = progress;
      emit({
        type: 'epoch',
        ...{ epoch, best, seconds, learningRate: 0 },
        train: loss === undefined ? {} : { loss },
        ...(validation && { validation }),
      });
      const { kept } = choice;
      if (kept)
        pace.offer(() => {
          const checked = { ...kept, model: kept.model.save() };
          return encodeFitCheckpoint({ epochs: epoch, seconds, fit: save(), kept: checked });
        });
      if (choice.isEnough) throw new Enough();
    },
    onPart(save) {
      const { seconds } = progress;
      pace.offer(() => encodeFitCheckpoint({ epochs: 0, seconds, fit: save(), kept: null }));
    },
  };
  const fit = async () => {
    if (choice.isEnough) throw new Enough(); // killed at the very end
    const known =
      encodes && features
        ? await embedItems(features, async (done, preparation) => {
            progress.encoding(done, preparation);
            await breath.within();
          })
        : features;
    const events = { ...learned.train, items: data.items.length };
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
  const { metrics, ...measured } = await measureRun(job, data, model, progress.seconds);
  emit({ type: 'finished', outcome, bestEpoch });
  return {
    ...{ outcome, backend, bestEpoch },
    ...measured,
    metrics: { ...metrics, ...(kept?.validation && { validation: kept.validation }) },
    recommender: model.save(),
    items: data.items,
    epochs: kept && { kept: bestEpoch, run: epochs },
  };
}

/** Figures on what is held out to choose an epoch by; null where nothing is. */
async function validate(
  { table, parts, learned, validated }: TrainingData,
  model: Recommender,
  breathe: () => Promise<void>,
) {
  const { liked, valued } = validated;
  if (!liked) return null;
  return validationOf(
    firstItems(model, table.items.length),
    { known: learned.train, seen: parts.train, held: liked, values: valued },
    breathe,
  );
}

/** The same of what most people had, and of the mean where values are learned; null where nothing is held out. */
async function baselineOf(data: TrainingData, learner: string, breathe: () => Promise<void>) {
  const figures = await validate(data, data.popular, breathe);
  const { valued } = data.validated;
  const isOfValues = methodInfo(learner)?.learnsFrom === 'values' && valued;
  return (
    figures && {
      ...figures,
      ...(isOfValues && { rmse: valueBaseline(data.learned.train, valued) }),
    }
  );
}

function stoppedTooEarly() {
  return new StudioError('cancelled', 'The run was stopped before there was a model');
}
