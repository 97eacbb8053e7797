/** How well a version does on labelled rows that it wasn't trained on. */
import type { Evaluation } from '../../src/evaluate/evaluation.ts';
import { StudioError } from '../../src/lib/errors.ts';
import type { NetworkVersion } from '../../src/registry/model-version.ts';
import type { ImportProgress } from '../../src/rpc/contracts.ts';
import type { Predictor } from '../../src/training/pipeline.ts';
import { fileSource } from './file-source.ts';

/** @throws StudioError `bad-data` where the target column is missing, or no row can be judged */
export async function evaluateFile(
  version: NetworkVersion,
  predictor: Predictor,
  file: { name: string; blob: Blob },
  onProgress: (progress: ImportProgress) => void,
): Promise<Evaluation> {
  const source = await fileSource(version, file, true, onProgress);
  const evaluation = predictor.evaluate(await predictor.predict(source), file.name);
  if (evaluation.rows === 0)
    throw new StudioError(
      'bad-data',
      `"${file.name}": no row has a "${version.target.column}" that the model knows`,
    );
  return evaluation;
}
