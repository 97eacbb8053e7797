/** A probe's record. It belongs to the device, not to a project, and travels in no project file. */
import type { BackendRate } from './run.ts';
import * as v from 'valibot';
import { rateSchema } from './backend-reason.ts';

export interface StoredProbe {
  key: string;
  createdAt: number;
  rates: BackendRate[];
}

const schema: v.GenericSchema<unknown, StoredProbe> = v.object({
  key: v.string(),
  createdAt: v.number(),
  rates: v.array(rateSchema),
});

export const probeCodec = {
  kind: 'probe',
  version: 1,
  id: ({ key }: StoredProbe) => key,
  projectId: () => '',
  createdAt: ({ createdAt }: StoredProbe) => createdAt,
  chunks: (): string[] => [],
  decode: (body: unknown): StoredProbe => v.parse(schema, body),
};
