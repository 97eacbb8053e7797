/** A data set's record: its guard on the way out of storage, its key, and the digest that names it. */
import * as v from 'valibot';
import { digestOf } from '../lib/digest.ts';
import {
  besides,
  columnRoles,
  columnTypes,
  duplicateRules,
  usualEventRules,
  type DataSet,
  type DataSetRef,
} from './schema.ts';

const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const role = v.picklist(columnRoles);
const type = v.picklist(columnTypes);

const preparation = v.object({
  missing: v.variant('type', [
    v.object({ type: v.picklist(['mean', 'median', 'most-frequent']) }),
    v.object({ type: v.literal('constant'), value: v.union([v.number(), v.string()]) }),
    v.object({ type: v.literal('own-category') }),
    v.object({ type: v.literal('drop-row') }),
  ]),
  missingIndicator: v.boolean(),
  scaling: v.picklist(['standard', 'min-max', 'robust', 'none']),
  maxCategories: count,
});

const column = v.object({
  name: v.string(),
  type,
  role,
  preparation,
  sourceIndex: count,
  blocks: v.array(v.string()),
  dictionary: v.exactOptional(v.string()),
  dateFormat: v.exactOptional(v.string()),
  decimalComma: v.exactOptional(v.boolean()),
  unread: v.exactOptional(
    v.object({ count, examples: v.array(v.object({ row: count, text: v.string() })) }),
  ),
});

const split = v.variant('type', [
  v.object({
    type: v.literal('random'),
    seed: v.number(),
    validation: share,
    test: share,
    stratify: v.boolean(),
    bins: v.exactOptional(v.pipe(count, v.minValue(1))),
  }),
  v.object({
    type: v.literal('group'),
    column: v.string(),
    seed: v.number(),
    validation: share,
    test: share,
  }),
  v.object({ type: v.literal('time'), column: v.string(), validation: share, test: share }),
  v.object({
    type: v.literal('column'),
    column: v.string(),
    validation: v.nullable(v.string()),
    test: v.nullable(v.string()),
  }),
  v.object({
    type: v.literal('per-user'),
    seed: v.number(),
    validation: share,
    test: share,
  }),
  v.object({ type: v.literal('last-out'), validation: v.boolean() }),
]);

const change = v.variant('type', [
  v.object({ type: v.literal('import'), files: v.array(v.string()) }),
  v.object({ type: v.literal('type'), column: v.string(), from: type, to: type }),
  v.object({ type: v.literal('role'), column: v.string(), from: role, to: role }),
  v.object({ type: v.literal('preparation'), columns: v.array(v.string()) }),
  v.object({ type: v.picklist(['split', 'events']) }),
  v.object({ type: v.literal('rename'), column: v.string(), to: v.string() }),
  v.object({ type: v.literal('remove-duplicates'), rows: count }),
  v.object({ type: v.literal('keep-core'), least: count, rows: count }),
]);

const dialect = v.variant('format', [
  v.object({
    format: v.literal('csv'),
    encoding: v.string(),
    delimiter: v.string(),
    quote: v.string(),
    header: v.boolean(),
    skipLines: count,
  }),
  v.object({ format: v.picklist(['json', 'jsonl']), encoding: v.string() }),
  v.object({ format: v.literal('parquet') }),
]);

const note = v.variant('type', [
  v.object({ type: v.picklist(['short-rows', 'long-rows']), count, row: count }),
  v.object({ type: v.literal('renamed-column'), from: v.string(), to: v.string() }),
  v.object({ type: v.literal('undecodable-bytes'), encoding: v.string() }),
  v.object({ type: v.literal('left-out-member'), name: v.string(), row: count }),
  v.object({
    type: v.literal('ambiguous-date'),
    column: v.string(),
    format: v.string(),
    alternative: v.string(),
  }),
]);

const dataSetSchema: v.GenericSchema<unknown, DataSet> = v.object({
  digest: v.string(),
  projectId: v.string(),
  parent: v.nullable(v.string()),
  name: v.string(),
  createdAt: v.number(),
  change,
  rows: count,
  blockRows: v.pipe(count, v.minValue(1)),
  columns: v.array(column),
  split,
  dialect,
  source: v.array(
    v.object({ name: v.string(), size: v.number(), chunks: v.array(v.string()), dialect }),
  ),
  notes: v.array(note),
  about: v.exactOptional(v.picklist(besides)),
  events: v.exactOptional(
    v.object({
      duplicates: v.picklist(duplicateRules),
      likedFrom: v.nullable(v.pipe(v.number(), v.finite())),
    }),
  ),
});

export const dataSetCodec = {
  kind: 'data-set',
  version: 1,
  id: (dataSet: DataSet) => dataSetKey(dataSet),
  projectId: (dataSet: DataSet) => dataSet.projectId,
  createdAt: (dataSet: DataSet) => dataSet.createdAt,
  chunks: (dataSet: DataSet) => [
    ...dataSet.columns.flatMap(({ blocks, dictionary }) =>
      dictionary === undefined ? blocks : [...blocks, dictionary],
    ),
    ...dataSet.source.flatMap(({ chunks }) => chunks),
  ],
  decode: (body: unknown): DataSet => v.parse(dataSetSchema, body),
  withProject: (dataSet: DataSet, projectId: string): DataSet => ({ ...dataSet, projectId }),
};

/** The record's id. */
export function dataSetKey({ projectId, digest }: DataSetRef): string {
  return `${projectId}:${digest}`;
}

/**
 * SHA-256 over every cell, name, type, role and preparation, the split and how events are read; not over when and why it
 * was made.
 */
export function digestDataSet(dataSet: Omit<DataSet, 'digest'>): Promise<string> {
  const { rows, blockRows, columns, split, about, events } = dataSet;
  // Only what isn't as usual, so that versions from before there was a choice keep their digest.
  const { duplicates, likedFrom } = { ...usualEventRules, ...events };
  const unusual = {
    ...(duplicates !== usualEventRules.duplicates && { duplicates }),
    ...(likedFrom !== usualEventRules.likedFrom && { likedFrom }),
  };
  return digestOf({
    ...{ rows, blockRows, columns, split },
    ...(about && { about }),
    ...(Object.keys(unusual).length > 0 && { events: unusual }),
  });
}
