/**
 * What comes next, from the order of the last events: SASRec, a causal Transformer (Kang and McAuley 2018), and
 * GRU4Rec (Hidasi et al. 2016), both with a softmax over all items at every step.
 */
import { StudioError } from '../../../lib/errors.ts';
import { Random } from '../../../lib/random.ts';
import {
  gru4recDefaults,
  mostDense,
  sampledByDefault,
  sasrecDefaults,
  type SequentialSettings,
} from '../../settings/sequential.ts';
import { openFit, randomIn, saveFit } from '../../fit-state.ts';
import { Breaks } from '../../in-parts.ts';
import type { Interactions } from '../../interactions.ts';
import type { FitState, RecommenderMethod } from '../../recommender.ts';
import { sequentialNetwork, type SequentialKind } from './network.ts';
import { openSequential, SequentialRecommender } from './recommender.ts';
import { sequenceStepsBytes, type SequenceJob } from './steps.ts';
import { SequenceTrainer, type TrainerState } from './trainer.ts';
import { sequencesOf } from './windows.ts';

export const sasrec = sequentialMethod('sasrec', sasrecDefaults);
export const gru4rec = sequentialMethod('gru4rec', gru4recDefaults);

function sequentialMethod(
  kind: SequentialKind,
  defaults: SequentialSettings,
): RecommenderMethod<SequentialSettings> {
  return {
    ...{ id: kind, defaults },
    memory: (interactions, settings) =>
      sequenceStepsBytes(jobOf(kind, interactions, settings)) + 8 * interactions.indices.length,
    async fit(interactions, settings, context) {
      if (!interactions.times)
        throw new StudioError(
          'bad-config',
          `${kind}: events have no times, and so no order. Say which column is the time, or choose ease`,
        );
      const sequences = sequencesOf(interactions);
      if (sequences.length === 0)
        throw new StudioError(
          'bad-config',
          `${kind}: nobody has two events in the training part, so nothing follows. ` +
            'Bring more events, hold fewer out, or choose most-popular',
        );
      const job = jobOf(kind, interactions, settings);
      const trainer = new SequenceTrainer(job, sequences, {
        seed: context.seed,
        learningRate: settings.learningRate,
      });
      const model = () =>
        new SequentialRecommender(kind, settings, interactions.items, trainer.weights.slice());
      const breaks = new Breaks(() => {
        const { epochs, loss } = trainer;
        const epoch = Math.min(settings.epochs, Math.floor(epochs) + 1);
        const done = Math.min(1, epochs / settings.epochs);
        return context.breathe({ done, epoch, ...(loss > 0 && { loss }) });
      });
      if (context.from) trainer.restore(stateIn(context.from, kind, trainer.weights.length));
      for (let epoch = Math.floor(trainer.epochs) + 1; epoch <= settings.epochs;) {
        const isEnd = await breaks.drive(trainer.step());
        if (!Number.isFinite(trainer.loss))
          throw new StudioError(
            'diverged',
            `${kind}: the loss is ${trainer.loss} in epoch ${epoch}`,
          );
        if (!isEnd) continue;
        await breaks.take();
        await context.onEpoch?.(epoch, model(), () => fitOf(kind, trainer.save()));
        epoch++;
      }
      return model();
    },
    open: (saved) => openSequential(kind, saved),
  };
}

function fitOf(kind: SequentialKind, { optimizer, ...state }: TrainerState): FitState {
  const [first = new Float32Array(0), second = new Float32Array(0)] = optimizer.slots; // Adam's
  return saveFit(kind, {
    epoch: state.epoch,
    random: Random.restore(state.random),
    arrays: {
      ...{ weights: state.weights, first, second },
      epochRandom: Float64Array.from(state.epochRandom),
    },
    numbers: { lossSum: state.lossSum, updates: optimizer.steps },
  });
}

/** @throws StudioError `corrupt` */
function stateIn(fit: FitState, kind: SequentialKind, length: number): TrainerState {
  const { reader, epoch, random } = openFit(fit, kind);
  const array = (name: string) => reader.array(name, Float32Array, length);
  return {
    ...{ epoch, step: 0, lossSum: reader.number('lossSum') },
    epochRandom: randomIn(reader, 'epochRandom').save(),
    random: random.save(),
    weights: array('weights'),
    optimizer: { steps: reader.number('updates'), slots: [array('first'), array('second')] },
  };
}

function jobOf(
  kind: SequentialKind,
  interactions: Interactions,
  settings: SequentialSettings,
): SequenceJob {
  const { items, indices } = interactions;
  const { units, batchSize, sampledItems } = settings;
  const frequencies = new Float64Array(items);
  for (const item of indices) frequencies[item] = (frequencies[item] ?? 0) + 1;
  const wanted = sampledItems > 0 ? sampledItems : items > mostDense ? sampledByDefault : items;
  // Room for every target of a step, should each be another item.
  const candidates = Math.min(items, Math.max(wanted, batchSize * settings.steps));
  return {
    spec: sequentialNetwork(kind, settings, items),
    ...{ items, units, batchSize, candidates, frequencies },
  };
}
