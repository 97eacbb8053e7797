/** What the shell and the home screen need of the workspace. `Workspace` implements it; tests bring a fake. */
import type { ImportRequest, SourcePreview } from '../rpc/contracts.ts';
import type { ImportOptions } from './data-session.svelte.ts';
import type { StudioError } from '../lib/errors.ts';
import type { ProjectSession } from './project-session.svelte.ts';

export interface ProjectSummary {
  id: string;
  name: string;
  taskId: string;
  updatedAt: number;
  rows: number | null;
  best: { metric: string; value: number } | null;
}

export interface WorkspaceView {
  readonly projects: readonly ProjectSummary[];
  readonly status: 'opening' | 'ready' | 'blocked';
  readonly error: StudioError | null;
  /** Reads the list of projects again. */
  refresh(): Promise<void>;
  openProject(id: string): Promise<ProjectSession>;
  createProject(options: { name: string; taskId?: string }): Promise<string>;
  createFromSample(sampleId: string): Promise<string>;
  /** What tables look like before they are imported. */
  previewFiles(files: readonly File[], dialect?: ImportRequest['dialect']): Promise<SourcePreview>;
  createFromFiles(files: readonly File[], options?: ImportOptions): Promise<string>;
  renameProject(id: string, name: string): Promise<void>;
  deleteProject(id: string): Promise<void>;
  exportProject(id: string): Promise<Blob>;
  importProject(file: File): Promise<string>;
  deleteEverything(): Promise<void>;
}
