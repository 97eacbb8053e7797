/**
 * The screens that there are, each a chunk of its own. A folder `src/screens/<name>/Screen.svelte` is all
 * that a new one needs: a stage's screen is given `projectId`, a page's screen `rest`. Where a task needs another
 * screen for a stage it brings `src/tasks/<task>/screens/<Stage>.svelte`.
 */
import type { Component } from 'svelte';
import { i18n } from './i18n.svelte.ts';
import { stages, type Stage } from './route.ts';

export type StageScreen = Component<{ projectId: string }>;
export type PageScreen = Component<{ rest: string }>;

const modules = {
  ...import.meta.glob('../screens/*/Screen.svelte', { import: 'default' }),
  ...import.meta.glob('../tasks/*/screens/*.svelte', { import: 'default' }),
};

/** Stages are shown once they exist, in their order. */
export const builtStages: readonly Stage[] = stages.filter(hasScreen);

function hasScreen(name: string): boolean {
  return pathOf(name) in modules;
}

export function loadStage(stage: Stage, taskId: string): Promise<StageScreen> {
  const ofTask = `../tasks/${taskId}/screens/${stage.charAt(0).toUpperCase()}${stage.slice(1)}.svelte`;
  // The convention above; a glob carries no types.
  return load(stage, ofTask in modules ? ofTask : pathOf(stage)) as Promise<StageScreen>;
}

/** Null where there is no such page; a stage is no page. */
export function loadPage(name: string): Promise<PageScreen> | null {
  if (!hasScreen(name) || (stages as readonly string[]).includes(name)) return null;
  return load(name) as Promise<PageScreen>; // as above
}

async function load(name: string, path = pathOf(name)): Promise<unknown> {
  const module = modules[path];
  if (!module) throw new Error(`There is no screen "${name}"`);
  const [screen] = await Promise.all([module(), name === 'home' ? null : i18n.loadScreens()]);
  return screen;
}

function pathOf(name: string) {
  return `../screens/${name}/Screen.svelte`;
}
