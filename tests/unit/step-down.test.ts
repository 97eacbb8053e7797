import { parse } from 'valibot';
import { expect, test } from 'vitest';
import { StudioError } from '../../src/lib/errors.ts';
import type { LayerSpec, NetworkSpec } from '../../src/models/spec.ts';
import { causeOf, stepDown, type Footing } from '../../src/training/engine/step-down.ts';
import type { Backend, FailureCause } from '../../src/training/run.ts';
import { runNoticeSchema } from '../../src/training/run-notice.ts';

const first: Footing = { place: 0, microBatch: null, hasRestarted: false, isAlone: false };

function ground(backends: Backend[], batch = 100, layers: LayerSpec[] = []) {
  const spec: NetworkSpec = { inputShape: [4], layers };
  return { backends, spec, batch, rowsAtOnce: () => batch };
}

/** All steps down that one failure after another leads to. */
function fall(cause: FailureCause, at: ReturnType<typeof ground>) {
  const told: string[] = [];
  let footing = first;
  for (;;) {
    const next = stepDown(footing, { cause, message: 'why', epoch: 3, workers: 1 }, at);
    if (!next) return told;
    ({ footing } = next);
    const { notice } = next;
    expect(parse(runNoticeSchema, notice)).toEqual(notice);
    if (notice.type === 'fewer-rows') told.push(`${notice.backend} ${notice.rows}`);
    if (notice.type === 'restarted') told.push(`${notice.backend} again`);
    if (notice.type === 'moved') told.push(`to ${notice.to}`);
  }
}

test('out of memory: fewer and fewer rows at a time, then the next backend with whole batches', () => {
  expect(fall('out-of-memory', ground(['wasm', 'cpu'], 33))).toEqual([
    ...['wasm 16', 'wasm 8', 'wasm 4', 'wasm 2', 'to cpu'],
    ...['cpu 16', 'cpu 8', 'cpu 4', 'cpu 2'],
  ]);
});

test('where several workers fail one goes on, unless the training itself went wrong', () => {
  const at = ground(['wasm', 'cpu'], 33);
  const failure = { cause: 'failed', message: 'why', epoch: 3, workers: 2 } as const;
  const next = stepDown(first, failure, at);
  expect(next?.footing).toEqual({ ...first, isAlone: true });
  expect(next?.notice).toEqual({ type: 'one-worker', epoch: 3, workers: 2, message: 'why' });
  expect(parse(runNoticeSchema, next?.notice)).toEqual(next?.notice);
  expect(stepDown(first, { ...failure, cause: 'diverged' }, at)).toBeNull();
});

test('batch norm keeps enough rows to have statistics of, and its change is told', () => {
  const at = ground(['wasm', 'cpu'], 32, [{ type: 'batch-norm' }]);
  expect(fall('out-of-memory', at)).toEqual(['wasm 16', 'wasm 8', 'to cpu', 'cpu 16', 'cpu 8']);
  const failure = { cause: 'out-of-memory', message: '', epoch: 1, workers: 1 } as const;
  expect(stepDown(first, failure, at)?.notice).toMatchObject({ isApproximate: true });
});

test('a lost device is started again once; a loss that is no number ends on the processor', () => {
  expect(fall('device-lost', ground(['webgpu', 'wasm']))).toEqual([
    ...['webgpu again', 'to wasm', 'wasm again'],
  ]);
  expect(fall('diverged', ground(['webgpu', 'wasm', 'cpu']))).toEqual(['to wasm']);
  expect(fall('failed', ground(['webgpu', 'wasm', 'cpu']))).toEqual(['to wasm', 'to cpu']);
});

test('a failure is known by its code, or by what memory that is refused makes engines say', () => {
  expect(causeOf(new RangeError('Array buffer allocation failed'))).toBe('out-of-memory');
  expect(causeOf(new RangeError('WebAssembly.Memory.grow(): Maximum memory size exceeded'))).toBe(
    'out-of-memory',
  );
  expect(causeOf(new RangeError('Invalid typed array length: 9e9'))).toBe('out-of-memory');
  expect(causeOf(new StudioError('device-lost', 'gone'))).toBe('device-lost');
  expect(causeOf(new TypeError('x is not a function'))).toBe('failed');
  expect(causeOf(new StudioError('corrupt', 'damaged'))).toBeNull();
});

test('a notice that the first version stored is read as it was', () => {
  expect(parse(runNoticeSchema, 'webgpu gave up (why); going on with wasm')).toEqual({
    type: 'text',
    text: 'webgpu gave up (why); going on with wasm',
  });
});
