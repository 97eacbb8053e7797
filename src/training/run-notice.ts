/** What a run did to go on, as it is stored. */
import * as v from 'valibot';
import { errorCodes } from '../lib/errors.ts';
import { backends, type RunNotice } from './run.ts';

const backend = v.picklist(backends);

export const runNoticeSchema: v.GenericSchema<unknown, RunNotice> = v.union([
  v.variant('type', [
    v.object({
      type: v.literal('fewer-rows'),
      epoch: v.number(),
      backend,
      rows: v.number(),
      batch: v.number(),
      isApproximate: v.boolean(),
    }),
    v.object({
      type: v.literal('one-worker'),
      epoch: v.number(),
      workers: v.number(),
      message: v.string(),
    }),
    v.object({ type: v.literal('restarted'), epoch: v.number(), backend }),
    v.object({
      type: v.literal('moved'),
      epoch: v.number(),
      from: backend,
      to: backend,
      cause: v.picklist(['out-of-memory', 'device-lost', 'diverged', 'failed', 'gone']),
      message: v.string(),
    }),
    v.object({ type: v.literal('unvalidated') }),
    v.object({ type: v.literal('fold-diverged'), fold: v.number(), folds: v.number() }),
    v.object({ type: v.literal('single-precision'), epoch: v.number(), backend }),
    v.object({
      type: v.literal('not-stored'),
      epoch: v.number(),
      code: v.picklist(errorCodes),
      message: v.string(),
    }),
    v.object({ type: v.literal('went-on'), epoch: v.number() }),
    v.object({ type: v.literal('began-again') }),
    v.object({ type: v.literal('text'), text: v.string() }),
  ]),
  // The first version had it in words.
  v.pipe(
    v.string(),
    v.transform((text) => ({ type: 'text' as const, text })),
  ),
]);
