import { afterEach, expect, test, vi } from 'vitest';
import { holdProject, whileInUse, whileUnused } from '../../../src/storage/locks.ts';
import { askToPersist, storageSpace } from '../../../src/storage/space.ts';

afterEach(() => vi.unstubAllGlobals());

const refused = () => Promise.reject(new DOMException('The request was denied.', 'SecurityError'));

test.each([
  ['has no locks', {}],
  ['refuses them', { locks: { request: refused } }],
])('where the browser %s, this tab counts as the only one', async (_, navigator) => {
  vi.stubGlobal('navigator', navigator);
  const hold = await holdProject('p1');
  hold?.release();
  expect(hold).not.toBeNull();
  expect(await whileInUse(() => Promise.resolve(1))).toBe(1);
  expect(await whileUnused(() => Promise.resolve(2))).toBe(2);
  await expect(whileInUse(() => Promise.reject(new Error('own')))).rejects.toThrow('own');
});

test('a task that fails is not run again', async () => {
  vi.stubGlobal('navigator', {
    locks: { request: (_: string, __: object, task: (lock: object) => unknown) => task({}) },
  });
  const task = vi.fn(() => Promise.reject(new DOMException('its own', 'SecurityError')));
  await expect(whileInUse(task)).rejects.toThrow('its own');
  expect(task).toHaveBeenCalledOnce();
});

test('what the browser says of its space is passed on, and what it doesn’t is null', async () => {
  vi.stubGlobal('navigator', {
    storage: {
      estimate: () => Promise.resolve({ usage: 5, quota: 100 }),
      persisted: () => Promise.resolve(true),
      persist: () => Promise.resolve(true),
    },
  });
  expect(await storageSpace()).toEqual({ used: 5, quota: 100, persisted: true });
  expect(await askToPersist()).toBe(true);
  vi.stubGlobal('navigator', {});
  expect(await storageSpace()).toEqual({ used: null, quota: null, persisted: false });
  expect(await askToPersist()).toBe(false);
});
