/** Answers every row of a file and gives the file back with the answers beside its columns. */
import type { NetworkVersion } from '../../src/registry/model-version.ts';
import type { ImportProgress, ScoredFile } from '../../src/rpc/contracts.ts';
import type { Predictor } from '../../src/training/pipeline.ts';
import { exportCsv, type FurtherColumn } from '../data/export-csv.ts';
import { fileSource } from './file-source.ts';

/** @throws StudioError `bad-data` where the file lacks a column that the model needs */
export async function scoreFile(
  version: NetworkVersion,
  predictor: Predictor,
  file: { name: string; blob: Blob },
  onProgress: (progress: ImportProgress) => void,
): Promise<ScoredFile> {
  const source = await fileSource(version, file, false, onProgress);
  const answers = await predictor.answerTable(source);
  const name = `predicted ${version.target.column}`;
  const further: FurtherColumn[] = [
    {
      name,
      cells: answers.map((answer) => (answer.type === 'unanswered' ? null : answer.value)),
    },
  ];
  if (version.target.type === 'classes')
    for (const label of version.target.classes)
      further.push({
        name: `probability of ${label}`,
        cells: answers.map((answer) =>
          answer.type === 'class'
            ? Number((answer.probabilities[label] ?? 0).toPrecision(6))
            : null,
        ),
      });
  return { csv: await exportCsv(source, further), rows: source.dataSet.rows };
}
