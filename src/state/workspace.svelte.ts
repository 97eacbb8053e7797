/** Everything on this device: the projects, and the one that is open. */
import { reviveError, StudioError } from '../lib/errors.ts';
import { sampleOf, type Sample } from '../data/samples.ts';
import type { Project } from '../registry/project.ts';
import { dataClient } from '../rpc/clients.ts';
import { collectGarbage } from '../storage/chunks.ts';
import { whileUnused } from '../storage/locks.ts';
import { deleteProjectRecords } from '../storage/records.ts';
import { announce, onAnnouncement } from '../storage/tabs.ts';
import { tasks, taskOf } from '../tasks/catalogue.ts';
import { ProjectSession } from './project-session.svelte.ts';
import { openStore, type Store } from './store.ts';
import type { ProjectSummary, WorkspaceView } from './workspace-view.ts';

export class Workspace implements WorkspaceView {
  #status = $state<WorkspaceView['status']>('opening');
  #error = $state.raw<StudioError | null>(null);
  #projects = $state.raw<readonly ProjectSummary[]>([]);
  readonly #sessions = new Map<string, Promise<ProjectSession>>();
  #store: Store | null = null;
  #opened: Promise<void> | null = null;

  get status() {
    return this.#status;
  }
  get error() {
    return this.#error;
  }
  /** Latest change first. */
  get projects() {
    return this.#projects;
  }

  /** Opens the database; safe to call again. Where it can't be, `status` and `error` say so. */
  open(): Promise<void> {
    return (this.#opened ??= this.#open());
  }

  /** One session a project, kept while the page lives: leaving its screens ends no training. */
  openProject(id: string): Promise<ProjectSession> {
    const opened =
      this.#sessions.get(id) ?? this.#ready().then((store) => ProjectSession.open(store, id));
    this.#sessions.set(id, opened);
    opened.catch(() => this.#sessions.delete(id));
    return opened;
  }

  async createProject(options: { name: string; taskId?: string }): Promise<string> {
    const store = await this.#ready();
    const taskId = taskOf(options.taskId ?? tasks[0]?.id ?? '').id;
    const now = Date.now();
    const project: Project = {
      id: crypto.randomUUID(),
      name: options.name.trim() || 'Untitled',
      taskId,
      createdAt: now,
      updatedAt: now,
      dataSet: null,
      aliases: {},
    };
    await store.projects.put(project);
    await this.refresh();
    return project.id;
  }

  async createFromSample(sampleId: string): Promise<string> {
    const sample = sampleOf(sampleId);
    const id = await this.createProject({ name: sample.name, taskId: sample.taskId });
    const session = await this.openProject(id);
    await loadSample(session, sample);
    await this.refresh();
    return id;
  }

  /** A project named after the first file; its import goes on where the caller is told by `openProject`. */
  async createFromFiles(files: File[]): Promise<string> {
    const [first] = files;
    if (!first) throw new StudioError('bad-data', 'No file was given');
    const id = await this.createProject({ name: first.name.replace(/(\.[a-z0-9]+)+$/i, '') });
    try {
      const session = await this.openProject(id);
      await session.data.importFiles(files);
    } catch (error) {
      await this.deleteProject(id);
      throw error;
    }
    await this.refresh();
    return id;
  }

  async renameProject(id: string, name: string): Promise<void> {
    const store = await this.#ready();
    const session = await this.#sessions.get(id);
    if (session) await session.rename(name);
    else {
      const project = await store.projects.get(id);
      await store.projects.put({ ...project, name: name.trim(), updatedAt: Date.now() });
    }
    await this.refresh();
  }

  async deleteProject(id: string): Promise<void> {
    const store = await this.#ready();
    (await this.#sessions.get(id))?.close();
    this.#sessions.delete(id);
    await deleteProjectRecords(store.db, id);
    announce({ type: 'changed', kind: 'project', id, projectId: id });
    await this.refresh();
    await whileUnused(() => collectGarbage(store.db));
  }

  async exportProject(id: string, onProgress?: (share: number) => void): Promise<Blob> {
    return withDataWorker((client) => client.call((api) => api.exportProject(id, onProgress)));
  }

  async importProject(file: Blob): Promise<string> {
    const id = await withDataWorker((client) => client.call((api) => api.importProject(file)));
    await this.refresh();
    return id;
  }

  async deleteEverything(): Promise<void> {
    for (const { id } of this.#projects) await this.deleteProject(id);
  }

  /** Reads the list of projects again. */
  async refresh(): Promise<void> {
    const store = await this.#ready();
    const projects = await store.projects.list();
    const summaries = await Promise.all(projects.map((project) => summarise(store, project)));
    this.#projects = summaries.sort((a, b) => b.updatedAt - a.updatedAt);
  }

  async #open(): Promise<void> {
    try {
      this.#store = await openStore();
      const { db } = this.#store;
      await this.refreshFrom(this.#store);
      this.#status = 'ready';
      onAnnouncement(() => void this.refresh());
      // What a killed import or a deleted run left behind.
      void whileUnused(() => collectGarbage(db));
    } catch (error) {
      this.#error = reviveError(error);
      this.#status = 'blocked';
    }
  }

  async #ready(): Promise<Store> {
    await this.open();
    if (!this.#store) throw this.#error ?? new StudioError('storage-blocked', 'No storage');
    return this.#store;
  }
}
