/** The run that may come next, while its settings are being made. Loaded with its screen; kept while the project is open. */
import { RunPreview } from './run-preview.svelte.ts';
import { TrainDraft } from './train-draft.svelte.ts';
import type { TrainingSession } from './training-session.svelte.ts';

interface NextRun {
  draft: TrainDraft;
  /** What it would take. */
  preview: RunPreview;
}

const nextRuns = new WeakMap<TrainingSession, NextRun>();

export function nextRunOf(training: TrainingSession): NextRun {
  const found = nextRuns.get(training);
  if (found) return found;
  let draft: TrainDraft | undefined;
  // In a root of its own, as what it derives outlives the screen that asks for it first.
  $effect.root(() => void (draft = new TrainDraft(training)));
  if (!draft) throw new Error('an effect root runs at once');
  const next = { draft, preview: new RunPreview((...of) => training.estimate(...of)) };
  nextRuns.set(training, next);
  return next;
}
