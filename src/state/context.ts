/** The workspace and the open project, as components reach them. One instance a project. */
import { createContext } from 'svelte';
import type { ProjectSession } from './project-session.svelte.ts';
import type { WorkspaceView } from './workspace-view.ts';

export const [getWorkspace, provideWorkspace] = createContext<WorkspaceView>();

/** In the screens of a project's stages. */
export const [getProject, provideProject] = createContext<ProjectSession>();
