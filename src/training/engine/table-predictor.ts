/** Answers rows of a table with a trained model, and judges its answers. */
import { buildFeatures, completeRows, vectorsOf } from '../../data/features.ts';
import type { FittedTarget } from '../../data/preparation.ts';
import type { ColumnSource } from '../../data/schema.ts';
import { encodeClasses, encodeNumbers } from '../../data/target.ts';
import type { Answer } from '../../evaluate/answer.ts';
import { evaluateClasses } from '../../evaluate/evaluate-classes.ts';
import { evaluateNumbers } from '../../evaluate/evaluate-numbers.ts';
import type { Evaluation, Predictions } from '../../evaluate/evaluation.ts';
import type { FittedModel, Predictor } from '../pipeline.ts';
import { openForward } from './open-forward.ts';
import { probabilitiesOf } from './probabilities.ts';

export async function openPredictor(model: FittedModel): Promise<Predictor> {
  const forward = await openForward(model.spec);
  forward.load(model.weights);
  const { preparation, target } = model;
  const width = preparation.featureNames.length;

  const outputsFor = async (
    vector: Parameters<typeof buildFeatures>[1],
    rows: Uint32Array,
  ): Promise<Float32Array> => {
    const features = new Float32Array(rows.length * width);
    await buildFeatures(preparation, vector, rows, features);
    const all = Uint32Array.from(rows, (_, i) => i);
    const outputs = await forward.outputs(features, width, all);
    return target.type === 'classes' ? probabilitiesOf(outputs, target.classes.length) : outputs;
  };

  const answers = async (vector: Parameters<typeof buildFeatures>[1], count: number) => {
    const all = Uint32Array.from({ length: count }, (_, i) => i);
    const complete = new Set(await completeRows(preparation, vector, all));
    const outputs = await outputsFor(vector, all);
    return Array.from(all, (row): Answer =>
      complete.has(row)
        ? answerOf(target, outputs, row)
        : { type: 'unanswered', reason: 'a cell that must not be missing is missing' },
    );
  };

  return {
    answer(rows) {
      const vectors = vectorsOf(preparation, rows);
      return answers((name) => Promise.resolve(vectors.get(name)), rows.length);
    },
    answerTable: (source) => answers((name) => source.column(name), source.dataSet.rows),
    async predict(source, rows) {
      const all = rows ?? Uint32Array.from({ length: source.dataSet.rows }, (_, i) => i);
      const vector = (name: string) => source.column(name);
      const complete = await completeRows(preparation, vector, all);
      return predictionsOf(
        target,
        complete,
        await source.column(target.column),
        await outputsFor(vector, complete),
      );
    },
    evaluate: (predictions, on) => evaluate(target, predictions, on, 1),
    dispose: () => forward.dispose(),
  };
}

function answerOf(target: FittedTarget, outputs: Float32Array, row: number): Answer {
  if (target.type === 'number')
    return { type: 'number', value: (outputs[row] ?? NaN) * target.divisor + target.offset };
  const { classes } = target;
  const probabilities = outputs.subarray(row * classes.length, (row + 1) * classes.length);
  const best = probabilities.indexOf(Math.max(...probabilities));
  return {
    type: 'class',
    value: classes[best] ?? '',
    probabilities: Object.fromEntries(classes.map((name, k) => [name, probabilities[k] ?? 0])),
  };
}

function predictionsOf(
  target: FittedTarget,
  rows: Uint32Array,
  vector: Awaited<ReturnType<ColumnSource['column']>>,
  outputs: Float32Array,
): Predictions {
  if (target.type === 'classes')
    return {
      type: 'classes',
      classes: target.classes,
      rows,
      actual: encodeClasses(target, vector, rows),
      probabilities: outputs,
    };
  return {
    type: 'numbers',
    rows,
    actual: encodeNumbers(target.column, vector, rows),
    predicted: Float64Array.from(outputs, (value) => value * target.divisor + target.offset),
  };
}

export function evaluate(
  target: FittedTarget,
  predictions: Predictions,
  on: string,
  seed: number,
): Evaluation {
  if (predictions.type === 'classes')
    return evaluateClasses(predictions, {
      on,
      trainCounts: target.type === 'classes' ? target.counts : [],
      seed,
    });
  return evaluateNumbers(predictions, {
    on,
    trainMean: target.type === 'number' ? target.mean : NaN,
    seed,
  });
}
