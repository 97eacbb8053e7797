/** The tasks that there are, in the order in which they are offered. */
import { StudioError } from '../lib/errors.ts';
import * as registered from './index.ts';
import type { Task } from './task.ts';

export const tasks: readonly Task[] = Object.values(registered).sort((a, b) => a.order - b.order);

/** The first task that learns from such data; undefined where this version has none. */
export function taskOfKind(kind: Task['kind']): Task | undefined {
  return tasks.find((task) => task.kind === kind);
}

/** @throws StudioError `unsupported` for a task that this version doesn't know. */
export function taskOf(id: string): Task {
  const task = tasks.find((candidate) => candidate.id === id);
  if (!task) throw new StudioError('unsupported', `This version has no task "${id}"`);
  return task;
}
