import { expect, test } from 'vitest';
import {
  modelVersionCodec,
  modelVersionKey,
  nextVersionNumber,
  versionDigest,
} from '../../../src/registry/model-version-codec.ts';
import { withAlias, withTags } from '../../../src/registry/names.ts';
import { projectCodec } from '../../../src/registry/project-codec.ts';
import type { ModelVersion } from '../../../src/registry/model-version.ts';
import type { Project } from '../../../src/registry/project.ts';
import { dataSetCodec } from '../../../src/data/data-set-codec.ts';
import type { DataSet } from '../../../src/data/schema.ts';
import type { PortableCodec } from '../../../src/storage/records.ts';
import { runCodec } from '../../../src/training/run-codec.ts';
import type { RunRecord } from '../../../src/training/run-record.ts';
import { exampleVersion as version } from './example-version.ts';

const project: Project = {
  id: 'p1',
  name: 'Iris <script>',
  taskId: 'tabular-classification',
  createdAt: 1,
  updatedAt: 2,
  dataSet: null,
  aliases: { champion: 'v1' },
};

test('a model version and a project pass their guards unchanged', () => {
  expect(modelVersionCodec.decode(structuredClone(version))).toEqual(version);
  expect(projectCodec.decode(structuredClone(project))).toEqual(project);
  const tagged = { ...project, tags: { v1: ['good'] } };
  expect(projectCodec.decode(tagged)).toEqual(tagged);
});

test('what a new person told passes unchanged', () => {
  const told = {
    ...project,
    newPerson: [{ item: 'Alien', value: 4.5 }],
    newPersonFacts: { age: 41, town: 'Ulm' },
  };
  expect(projectCodec.decode(structuredClone(told))).toEqual(told);
});

test.each<[string, unknown]>([
  ['a text', 'Alien'],
  ['null', null],
  ['ratings without items', [{ value: 3 }]],
  ['an item that is a number', [{ item: 7, value: 3 }]],
  ['a rating that is no number', [{ item: 'Alien', value: Number.NaN }]],
  ['an endless rating', [{ item: 'Alien', value: Infinity }]],
  [
    'an item twice',
    [
      { item: 'Alien', value: 1 },
      { item: 'Alien', value: 5 },
    ],
  ],
  [
    'more than anybody tells',
    Array.from({ length: 10_001 }, (_, i) => ({ item: `${i}`, value: 1 })),
  ],
])('%s as what a new person told is refused, and the project is kept', (_name, newPerson) => {
  expect(projectCodec.decode({ ...project, newPerson })).toEqual({ ...project, newPerson: [] });
});

test('facts of a new person that can’t be read are let go, and a project of before has none', () => {
  for (const newPersonFacts of ['age', { age: Infinity }, { age: null }])
    expect(projectCodec.decode({ ...project, newPersonFacts })).toEqual({
      ...project,
      newPersonFacts: {},
    });
  expect(projectCodec.decode(project)).not.toHaveProperty('newPersonFacts');
});

test.each<[string, object]>([
  ['weights.chunk', { weights: { chunk: 'x', tensors: [] } }],
  [
    'weights.tensors.0.shape.0',
    { weights: { ...version.weights, tensors: [{ name: 'w', shape: [-1] }] } },
  ],
  [
    'spec.layers.0.type',
    { spec: { inputShape: [1], layers: [{ type: 'lambda', code: 'alert(1)' }] } },
  ],
  [
    'spec.layers.0.units',
    { spec: { inputShape: [1], layers: [{ type: 'dense', units: 1e9, activation: 'relu' }] } },
  ],
  ['config.solver', { config: { ...version.config, solver: 'magic' } }],
  [
    'preparation.columns.0.divisor',
    {
      preparation: {
        columns: [{ ...version.preparation.columns[0], divisor: 0 }],
        featureNames: [],
      },
    },
  ],
  [
    'evaluation.metrics.accuracy.value',
    {
      evaluation: {
        ...version.evaluation,
        metrics: { accuracy: { value: 'high', interval: null, baseline: null } },
      },
    },
  ],
  ['number', { number: 0 }],
])('a version whose %s is wrong is refused', (path, changes) => {
  let issues: { path?: { key: unknown }[] }[] = [];
  try {
    modelVersionCodec.decode({ ...version, ...changes });
  } catch (error) {
    issues = (error as { issues: typeof issues }).issues; // a ValiError
  }
  expect(issues.map((issue) => issue.path?.map(({ key }) => String(key)).join('.'))).toContain(
    path,
  );
});

test('a version keeps its weights and its predictions alive, in a project of its own', () => {
  expect(modelVersionCodec.chunks(version)).toEqual(['c'.repeat(64), 'd'.repeat(64)]);
  expect(modelVersionCodec.chunks({ ...version, predictions: null })).toEqual(['c'.repeat(64)]);
  expect(modelVersionKey({ projectId: 'p1', id: version.id })).toBe(`p1:${version.id}`);
  expect(modelVersionCodec.id(version)).toBe(`p1:${version.id}`);
});

const run: RunRecord = {
  id: 'run-1',
  projectId: 'p1',
  name: 'brisk-otter',
  taskId: version.taskId,
  dataSet: version.dataSet,
  config: version.config,
  createdAt: 1,
  status: 'diverged',
  error: null,
  backend: 'cpu',
  backendReason: null,
  baseline: null,
  epochs: [{ epoch: 1, train: { loss: Number.NaN }, learningRate: 0.1, seconds: 1 }],
  folds: [],
  bestEpoch: 0,
  metrics: {},
  modelVersion: version.id,
  notices: [],
  checkpoint: null,
};

test('a diverged run, whose loss is no number, is read back, from the first format too', () => {
  expect(runCodec.decode(structuredClone(runCodec.encode(run)))).toEqual(run);
  expect(runCodec.decode(structuredClone(run))).toEqual(run); // a record for each epoch
});

test('in another project everything follows, and twice moved is moved once', () => {
  const codecs: {
    project: PortableCodec<Project>;
    run: PortableCodec<RunRecord>;
    version: PortableCodec<ModelVersion>;
    dataSet: PortableCodec<DataSet>;
  } = { project: projectCodec, run: runCodec, version: modelVersionCodec, dataSet: dataSetCodec };
  expect(codecs.project.withProject(project, 'p2')).toEqual({ ...project, id: 'p2' });
  const movedRun = codecs.run.withProject(run, 'p2');
  const moved = codecs.version.withProject(version, 'p2');
  expect(moved).toEqual({ ...version, projectId: 'p2', runId: movedRun.id });
  expect(movedRun).toEqual({ ...run, projectId: 'p2', id: 'run-1~p2' });
  expect(codecs.run.withProject(movedRun, 'p3').id).toBe('run-1~p3');
  const dataSet = { projectId: 'p1', digest: version.dataSet } as DataSet; // no more is looked at
  expect(codecs.dataSet.id(codecs.dataSet.withProject(dataSet, 'p2'))).toBe(
    `p2:${version.dataSet}`,
  );
});

test('a version’s id is of what it answers, not of when or where it was made', async () => {
  const digest = await versionDigest(version);
  expect(digest).toMatch(/^[0-9a-f]{64}$/);
  const elsewhere = { ...version, createdAt: 9, runId: 'other', number: 3 };
  expect(await versionDigest(elsewhere)).toBe(digest);
  const target = { ...version.target, column: 'other' };
  expect(await versionDigest({ ...version, target })).not.toBe(digest);
  const weights = { ...version.weights, chunk: 'e'.repeat(64) };
  expect(await versionDigest({ ...version, weights })).not.toBe(digest);
});

test('versions are numbered from one, beyond the highest', () => {
  expect(nextVersionNumber([])).toBe(1);
  expect(nextVersionNumber([{ number: 1 }, { number: 5 }, { number: 3 }])).toBe(6);
});

test('an alias moves from version to version and can be taken away', () => {
  const moved = withAlias(project, 'champion', 'v2');
  expect(moved.aliases).toEqual({ champion: 'v2' });
  expect(withAlias(moved, 'challenger', 'v1').aliases).toEqual({
    champion: 'v2',
    challenger: 'v1',
  });
  expect(withAlias(moved, 'champion', null).aliases).toEqual({});
  expect(project.aliases).toEqual({ champion: 'v1' });
});

test.each(['', 'Champion', '2nd', 'a b', '__proto__', 'x'.repeat(33)])(
  'an alias can not be called %j',
  (alias) => {
    expect(() => withAlias(project, alias, 'v1')).toThrow(
      `alias "${alias}": begins with a letter and has up to 32 of a–z, 0–9 and -`,
    );
    expect(() => projectCodec.decode(JSON.parse(`{"aliases":{"${alias}":"v1"}}`))).toThrow();
  },
);

test('a version’s tags are kept in order without repeats', () => {
  const tagged = withTags(project, 'v1', [' for class 5b ', 'best', 'best']);
  expect(tagged.tags).toEqual({ v1: ['best', 'for class 5b'] });
  expect(withTags(tagged, 'v1', []).tags).toEqual({});
  expect(() => withTags(project, 'v1', ['  '])).toThrow('tag "  ": ');
});
