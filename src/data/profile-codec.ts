/** A profile's record, so that a version is profiled once. It can always be made again: what can't be read is. */
import * as v from 'valibot';
import { dataSetKey } from './data-set-codec.ts';
import type { DataProfile } from './profile.ts';
import { columnTypes, type DataSetRef } from './schema.ts';

export interface StoredProfile extends DataSetRef {
  createdAt: number;
  profile: DataProfile;
}

const column = v.looseObject({
  name: v.string(),
  type: v.picklist(columnTypes),
  rows: v.number(),
  missing: v.number(),
  distinct: v.number(),
  top: v.array(v.object({ value: v.string(), count: v.number() })),
});

const schema = v.object({
  projectId: v.string(),
  digest: v.string(),
  createdAt: v.number(),
  profile: v.object({
    rows: v.number(),
    duplicateRows: v.number(),
    columns: v.array(column),
    warnings: v.array(v.looseObject({ type: v.string() })),
  }),
});

export const profileCodec = {
  kind: 'profile',
  version: 1,
  id: (stored: StoredProfile) => dataSetKey(stored),
  projectId: (stored: StoredProfile) => stored.projectId,
  createdAt: (stored: StoredProfile) => stored.createdAt,
  chunks: (): string[] => [],
  // The rest of a column's figures and the warnings are this studio's own, made by profile-table.ts.
  decode: (body: unknown): StoredProfile => v.parse(schema, body) as unknown as StoredProfile,
  withProject: (stored: StoredProfile, projectId: string): StoredProfile => ({
    ...stored,
    projectId,
  }),
};
