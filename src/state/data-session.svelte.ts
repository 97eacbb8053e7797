/** A project's data: bringing it, changing it version by version, looking at it. */
import { proxy } from 'comlink';
import type { DataProfile } from '../data/profile.ts';
import { dataSetKey } from '../data/data-set-codec.ts';
import {
  besidesRole,
  columnInRole,
  targetOf,
  type Besides,
  type ColumnType,
  type DataSet,
  type SplitSpec,
} from '../data/schema.ts';
import type { SplitCounts } from '../data/split-counts.ts';
import { undoneAfter } from '../data/version-history.ts';
import { taskOf } from '../tasks/catalogue.ts';
import { StudioError } from '../lib/errors.ts';
import { dataClient } from '../rpc/clients.ts';
import type {
  DataSetChange,
  ImportProgress,
  ImportRequest,
  RowQuery,
  SourcePreview,
} from '../rpc/contracts.ts';
import { getChunk } from '../storage/chunks.ts';
import { definedOnly, named, type CallOptions, type ProjectContext } from './project-context.ts';

export interface ImportOptions extends CallOptions<ImportProgress> {
  name?: string;
  dialect?: ImportRequest['dialect'];
  columnNames?: string[];
  types?: Readonly<Record<string, ColumnType>>;
  leaveOut?: readonly string[];
}

export class DataSession {
  #current = $state.raw<DataSet | null>(null);
  #besides = $state.raw<Readonly<Record<Besides, DataSet | null>>>({ items: null, users: null });
  #profile = $state.raw<DataProfile | null>(null);
  /** Versions that were undone, the latest last. */
  #undone = $state.raw<readonly string[]>([]);
  readonly #project: ProjectContext;
  readonly #client = dataClient();

  constructor(project: ProjectContext) {
    this.#project = project;
  }

  get current() {
    return this.#current;
  }
  /** What is known of items, of a task that takes it. */
  get items() {
    return this.#besides.items;
  }
  /** What is known of people, beside their events. */
  get users() {
    return this.#besides.users;
  }
  get profile() {
    return this.#profile;
  }
  get target() {
    return this.#current ? targetOf(this.#current) : undefined;
  }
  /** Whether it is said what is to be learned: a target, or who and what. */
  get isReady() {
    if (!this.#current) return false;
    return taskOf(this.#project.record.taskId).kind === 'events'
      ? columnInRole(this.#current, 'user') !== undefined
      : this.target !== undefined;
  }
  get canUndo() {
    return this.#current?.parent != null;
  }
  get canRedo() {
    return this.#undone.length > 0;
  }

  async reload(): Promise<void> {
    const digest = this.#project.record.dataSet;
    this.#current = digest ? await this.#read(digest) : null;
    const { itemData, userData } = this.#project.record;
    this.#besides = {
      items: itemData ? await this.#read(itemData) : null,
      users: userData ? await this.#read(userData) : null,
    };
    this.#profile = null;
    this.#undone = [];
  }

  close() {
    this.#client.close();
  }

  preview(files: readonly File[], dialect?: ImportRequest['dialect']): Promise<SourcePreview> {
    return this.#client.call((api) => api.preview(files.map(named), dialect));
  }

  /** Brings files in as the project's data. Cancelling leaves what was there. */
  async importFiles(files: readonly File[], options: ImportOptions = {}): Promise<DataSet> {
    const dataSet = await this.#import(files, options);
    await this.#use(dataSet);
    return dataSet;
  }

  /** Brings a table of items or of people in, beside the project's data; `key` is the column of their ids. */
  async importBeside(
    about: Besides,
    files: readonly File[],
    key: string,
    options: ImportOptions = {},
  ): Promise<DataSet> {
    const imported = await this.#import(files, options, about);
    const to = besidesRole[about];
    const keyed = await this.#client.call((api) =>
      api.change(this.#ref(imported.digest), { type: 'role', column: key, to }),
    );
    await this.#keepBeside(about, keyed);
    return keyed;
  }

  removeBeside(about: Besides): Promise<void> {
    return this.#keepBeside(about, null);
  }

  async #keepBeside(about: Besides, dataSet: DataSet | null): Promise<void> {
    const digest = dataSet?.digest ?? null;
    await this.#project.save(about === 'items' ? { itemData: digest } : { userData: digest });
    this.#besides = { ...this.#besides, [about]: dataSet };
  }

  async #import(files: readonly File[], options: ImportOptions, about?: Besides): Promise<DataSet> {
    this.#project.mustWrite();
    const { onProgress, signal, name, ...rest } = options;
    const client = dataClient(); // its own worker, so that cancelling ends nothing else
    try {
      return await client.call(
        (api) =>
          api.importFiles(
            {
              projectId: this.#project.id,
              name: name ?? files.map((file) => file.name).join(', '),
              files: files.map(named),
              ...definedOnly(rest),
              ...(about && { about }),
            },
            proxy((progress: ImportProgress) => onProgress?.(progress)),
          ),
        signal,
      );
    } finally {
      client.end();
    }
  }

  /** Reads the files again, from the bytes that were kept, with another dialect. */
  async readAgain(
    dialect: NonNullable<ImportRequest['dialect']>,
    options: CallOptions<ImportProgress> = {},
  ): Promise<DataSet> {
    const { name, source } = this.mustHave();
    const { db } = this.#project.store;
    const files: File[] = [];
    for (const { name: fileName, chunks } of source) {
      // A blob of blobs, so that the browser may keep the bytes on disk.
      const parts: Blob[] = [];
      for (const digest of chunks) parts.push(new Blob([await getChunk(db, digest)]));
      files.push(new File(parts, fileName));
    }
    return this.importFiles(files, { ...options, name, dialect });
  }

  /** Figures of each column and warnings; computed once a version. */
  async loadProfile(onProgress?: (share: number) => void): Promise<DataProfile> {
    const { digest } = this.mustHave();
    const profile = await this.#client.call((api) =>
      api.profile(this.#ref(digest), onProgress && proxy(onProgress)),
    );
    if (this.#current?.digest === digest) this.#profile = profile;
    return profile;
  }

  /** Of a table of events. */
  eventProfile(onProgress?: (share: number) => void) {
    const { digest } = this.mustHave();
    return this.#client.call((api) =>
      api.eventProfile(this.#ref(digest), onProgress && proxy(onProgress)),
    );
  }

  rows(query: RowQuery) {
    const { digest } = this.mustHave();
    return this.#client.call((api) => api.rows(this.#ref(digest), query));
  }

  /** What a change of type would do to the column's cells. */
  previewType(column: string, type: ColumnType) {
    const { digest } = this.mustHave();
    return this.#client.call((api) => api.previewType(this.#ref(digest), column, type));
  }

  exportCsv() {
    const { digest } = this.mustHave();
    return this.#client.call((api) => api.exportCsv(this.#ref(digest)));
  }

  /** Makes a new version of the data set and moves to it. */
  async change(change: DataSetChange): Promise<DataSet> {
    this.#project.mustWrite();
    const { digest } = this.mustHave();
    const next = await this.#client.call((api) => api.change(this.#ref(digest), change));
    if (next.digest !== digest) await this.#use(next);
    return next;
  }

  /** @throws StudioError `bad-config` where there is no such column. */
  async setTarget(column: string): Promise<void> {
    if (!this.mustHave().columns.some(({ name }) => name === column))
      throw new StudioError('bad-config', `There is no column "${column}"`);
    if (this.target?.name !== column) await this.change({ type: 'role', column, to: 'target' });
  }

  async undo(): Promise<void> {
    const { parent, digest } = this.mustHave();
    if (parent === null) return;
    await this.#use(await this.#read(parent), [...this.#undone, digest]);
  }

  async redo(): Promise<void> {
    const digest = this.#undone.at(-1);
    if (digest === undefined) return;
    await this.#use(await this.#read(digest), this.#undone.slice(0, -1));
  }

  /** Every version that there is, oldest first. */
  async history(): Promise<DataSet[]> {
    const all = await this.#project.store.dataSets.list(this.#project.id);
    return all.filter(({ about }) => about === undefined);
  }

  /** Makes an earlier or a later version the project's data again; going back can be redone. */
  async goTo(to: string): Promise<void> {
    const { digest: from } = this.mustHave();
    if (from === to) return;
    const versions = await this.history();
    await this.#use(
      await this.#read(to),
      undoneAfter(versions, { from, to, undone: this.#undone }),
    );
  }

  /** What a split would come to in rows. */
  splitCounts(split: SplitSpec): Promise<SplitCounts> {
    const { digest } = this.mustHave();
    return this.#client.call((api) => api.splitCounts(this.#ref(digest), split));
  }

  /** @throws StudioError `bad-config` before any data. */
  mustHave(): DataSet {
    if (!this.#current) throw new StudioError('bad-config', 'This project has no data yet');
    return this.#current;
  }

  async #use(dataSet: DataSet, undone: readonly string[] = []) {
    await this.#project.save({ dataSet: dataSet.digest });
    this.#current = dataSet;
    this.#profile = null;
    this.#undone = undone;
  }

  #read(digest: string) {
    return this.#project.store.dataSets.get(dataSetKey(this.#ref(digest)));
  }

  #ref(digest: string) {
    return { projectId: this.#project.id, digest };
  }
}
