/** Settings that say different things. Not a part of the learners' list, which the first page loads. */
import { StudioError } from '../lib/errors.ts';
import type { LearnerInfo } from './learners.ts';
import type { NetworkConfig } from './run.ts';

/** @throws StudioError `bad-config` for a learner that is none of these, or a setting that it has no use for */
export function assertLearner(
  { learner: id, solver, layers, batchSize }: NetworkConfig,
  learners: readonly LearnerInfo[],
) {
  const refuse = (message: string) => new StudioError('bad-config', message);
  const learner = learners.find((candidate) => candidate.id === id);
  if (!learner)
    throw refuse(
      `setting "learner": "${id}" is none of ${learners.map((one) => one.id).join(', ')}`,
    );
  if (!learner.solvers.includes(solver))
    throw refuse(
      `setting "solver": "${solver}" doesn't solve "${id}"; expected ${learner.solvers.join(' or ')}`,
    );
  if (!learner.layered && layers.length > 0)
    throw refuse(`setting "layers": "${id}" has no hidden layers; expected []`);
  if (batchSize === 1 && layers.some(({ type }) => type === 'batch-norm'))
    throw refuse('setting "batchSize": 1 won\'t do with batch norm; expected at least 2');
}
