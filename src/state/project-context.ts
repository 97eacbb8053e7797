/** What the parts of an open project share. */
import type { Project } from '../registry/project.ts';
import type { Store } from './store.ts';

export interface ProjectContext {
  readonly id: string;
  readonly record: Project;
  readonly store: Store;
  /** Whether another tab writes this project. */
  readonly isReadOnly: boolean;
  /** @throws StudioError `busy` where another tab writes this project. */
  mustWrite(): void;
  save(changes: Partial<Project>): Promise<void>;
}

export interface CallOptions<Progress> {
  onProgress?: (progress: Progress) => void;
  signal?: AbortSignal;
}

export function named(file: File) {
  return { name: file.name, blob: file };
}

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** Leaves out members that are undefined, as exactOptionalPropertyTypes asks. */
export function definedOnly<T extends object>(value: T): Defined<T> {
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(members) as Defined<T>; // the filter is what the type says
}
