/** Why a run computes where it does, as it is stored; and what is remembered of measurements. */
import * as v from 'valibot';
import { backends, type BackendRate, type BackendReason, type WorkersChoice } from './run.ts';

export const backendRateSchema = v.object({
  backend: v.picklist(backends),
  examplesPerSecond: v.number(),
  answersPerSecond: v.exactOptional(v.number()),
  workers: v.exactOptional(v.number()),
});

export const backendReasonSchema = v.variant('type', [
  v.object({ type: v.picklist(['asked', 'solver', 'only', 'small']) }),
  v.object({ type: v.literal('fastest'), rates: v.array(backendRateSchema) }),
  v.object({ type: v.literal('instead'), of: v.picklist(backends) }),
]) satisfies v.GenericSchema<unknown, BackendReason>;

export const workersSchema = v.object({
  count: v.number(),
  averageEvery: v.number(),
  rates: v.array(backendRateSchema),
}) satisfies v.GenericSchema<unknown, WorkersChoice>;

/** Keeps what a probe measured, so that the same network on the same device isn't measured again. */
export interface ProbeMemory {
  find(key: string): Promise<BackendRate[] | undefined>;
  keep(key: string, rates: BackendRate[]): Promise<void>;
}
