/** Everything on this device: the projects, and the one that is open. */
import { proxy, type Remote } from 'comlink';
import { dataSetKey } from '../data/data-set-codec.ts';
import type { DataSet } from '../data/schema.ts';
import type { DataApi, ImportRequest, SourcePreview } from '../rpc/contracts.ts';
import { reviveError, StudioError } from '../lib/errors.ts';
import { sampleOf } from '../data/samples.ts';
import type { Project } from '../registry/project.ts';
import { dataClient } from '../rpc/clients.ts';
import { collectGarbage } from '../storage/chunks.ts';
import { whileUnused } from '../storage/locks.ts';
import { deleteProjectRecords } from '../storage/records.ts';
import { onAnnouncement } from '../storage/tabs.ts';
import { tasks, taskOf } from '../tasks/catalogue.ts';
import type { ImportOptions } from './data-session.svelte.ts';
import { named } from './project-context.ts';
import { ProjectSession } from './project-session.svelte.ts';
import { sampleFile } from './sample-files.ts';
import { openStore, type Store } from './store.ts';
import type { ProjectSummary, WorkspaceView } from './workspace-view.ts';

export class Workspace implements WorkspaceView {
  #status = $state<WorkspaceView['status']>('opening');
  #error = $state.raw<StudioError | null>(null);
  #projects = $state.raw<readonly ProjectSummary[]>([]);
  // Nothing is drawn from it: screens hold the session that they were given.
  // eslint-disable-next-line svelte/prefer-svelte-reactivity
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
    try {
      await this.loadSample(await this.openProject(id), sampleId);
    } catch (error) {
      await this.deleteProject(id);
      throw error;
    }
    return id;
  }

  /** Brings a bundled sample in as the project's data, with its target set. */
  async loadSample(session: ProjectSession, sampleId: string): Promise<DataSet> {
    const sample = sampleOf(sampleId);
    const file = await sampleFile(sample, sample.file);
    await session.data.importFiles([file], {
      name: sample.name,
      ...(sample.dialect && { dialect: sample.dialect }),
      ...(sample.columnNames && { columnNames: [...sample.columnNames] }),
      ...(sample.types && { types: sample.types }),
    });
    if ('target' in sample) await session.setTarget(sample.target, sample.taskId);
    else {
      await session.setTask(sample.taskId);
      await session.setEvents(sample.events);
      const { file: name, key } = sample.items;
      await session.data.importBeside('items', [await sampleFile(sample, name)], key);
    }
    await this.refresh();
    return session.data.mustHave();
  }

  previewFiles(files: readonly File[], dialect?: ImportRequest['dialect']): Promise<SourcePreview> {
    return withDataWorker((api) => api.preview(files.map(named), dialect));
  }

  /** A project named after the first file; its import goes on where the caller is told by `openProject`. */
  async createFromFiles(files: readonly File[], options?: ImportOptions): Promise<string> {
    const [first] = files;
    if (!first) throw new StudioError('bad-data', 'No file was given');
    const id = await this.createProject({ name: first.name.replace(/(\.[a-z0-9]+)+$/i, '') });
    try {
      const session = await this.openProject(id);
      await session.data.importFiles(files, options);
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
    await this.refresh();
    await whileUnused(() => collectGarbage(store.db));
  }

  async exportProject(id: string, onProgress?: (share: number) => void): Promise<Blob> {
    await this.#ready();
    return withDataWorker((api) => api.exportProject(id, onProgress && proxy(onProgress)));
  }

  async importProject(file: Blob): Promise<string> {
    await this.#ready();
    const id = await withDataWorker((api) => api.importProject(file));
    await this.refresh();
    return id;
  }

  async deleteEverything(): Promise<void> {
    for (const { id } of this.#projects) await this.deleteProject(id);
  }

  /** Reads the list of projects again. */
  async refresh(): Promise<void> {
    await this.#list(await this.#ready());
  }

  async #list(store: Store): Promise<void> {
    const projects = await store.projects.list(undefined, (error) => console.warn(error));
    const summaries = await Promise.all(projects.map((project) => summarise(store, project)));
    this.#projects = summaries.sort((a, b) => b.updatedAt - a.updatedAt);
  }

  async #open(): Promise<void> {
    try {
      this.#store = await openStore();
      const { db } = this.#store;
      await this.#list(this.#store);
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

async function withDataWorker<T>(use: (api: Remote<DataApi>) => Promise<T>): Promise<T> {
  const client = dataClient();
  try {
    return await client.call(use);
  } finally {
    client.end();
  }
}

/** The newest data and the best figure on test rows, for the list of projects. */
async function summarise(store: Store, project: Project): Promise<ProjectSummary> {
  const { id, name, taskId, updatedAt, dataSet } = project;
  const ignore = () => undefined; // the project's own page tells what is wrong with it
  const data = dataSet
    ? await store.dataSets.find(dataSetKey({ projectId: id, digest: dataSet })).catch(ignore)
    : undefined;
  const versions = await store.versions.list(id, ignore);
  const metric = tasks.find((task) => task.id === taskId)?.metrics[0];
  const values = versions
    .map(({ metrics }) => (metric && metrics.test?.[metric.id]) ?? NaN)
    .filter(Number.isFinite);
  const best = metric?.better === 'lower' ? Math.min(...values) : Math.max(...values);
  return {
    id,
    name,
    taskId,
    updatedAt,
    rows: data?.rows ?? null,
    best: metric && values.length > 0 ? { metric: metric.id, value: best } : null,
  };
}
