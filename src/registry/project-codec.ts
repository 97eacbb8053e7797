/** A project's record: its guard on the way out of storage or of a file. */
import * as v from 'valibot';
import { aliasName, tagName } from './names.ts';
import type { Project } from './project.ts';

/** What a new person told, each item once. It is worth no project: where it can't be read it is as if nobody had told. */
const newPerson = v.fallback(
  v.pipe(
    v.array(v.object({ item: v.string(), value: v.pipe(v.number(), v.finite()) })),
    v.maxLength(10_000),
    v.check((ratings) => new Set(ratings.map(({ item }) => item)).size === ratings.length),
  ),
  [],
);

const newPersonFacts = v.fallback(
  v.pipe(
    v.record(v.string(), v.union([v.string(), v.pipe(v.number(), v.finite())])),
    v.maxEntries(1000),
  ),
  {},
);

const projectSchema: v.GenericSchema<unknown, Project> = v.object({
  id: v.pipe(v.string(), v.nonEmpty()),
  name: v.string(),
  taskId: v.string(),
  createdAt: v.number(),
  updatedAt: v.number(),
  dataSet: v.nullable(v.string()),
  itemData: v.exactOptional(v.nullable(v.string())),
  userData: v.exactOptional(v.nullable(v.string())),
  newPerson: v.exactOptional(newPerson),
  newPersonFacts: v.exactOptional(newPersonFacts),
  aliases: v.record(aliasName, v.string()),
  tags: v.exactOptional(v.record(v.string(), v.array(tagName))),
});

export const projectCodec = {
  kind: 'project',
  version: 1,
  id: (project: Project) => project.id,
  projectId: (project: Project) => project.id,
  createdAt: (project: Project) => project.createdAt,
  chunks: (): string[] => [],
  decode: (body: unknown): Project => v.parse(projectSchema, body),
  withProject: (project: Project, projectId: string): Project => ({ ...project, id: projectId }),
};
