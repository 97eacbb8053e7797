/** A project's record: what it is about and where it stands. Its data, runs and versions name it by id. */
export interface Project {
  id: string;
  name: string;
  taskId: string;
  createdAt: number;
  updatedAt: number;
  /** Digest of the current data set version; null before any data. */
  dataSet: string | null;
  /** Digest of the table of items beside it, of a task that takes one. */
  itemData?: string | null;
  /** Digest of the table of people beside it. */
  userData?: string | null;
  /** What the new person of the preview of recommendations told, latest last; items by the ids of the data. */
  newPerson?: { item: string; value: number }[];
  /** What they said of themselves, by column of the table of people. */
  newPersonFacts?: Record<string, string | number>;
  /** Movable names of model versions, e.g. champion → id. */
  aliases: Record<string, string>;
  /** Words for model versions, by id. */
  tags?: Record<string, string[]>;
}
