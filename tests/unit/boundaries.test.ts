import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

test('the boundaries bite: a tree that breaks them is told each one by name', () => {
  const { status, stdout } = spawnSync(
    process.execPath,
    [
      '../../../node_modules/dependency-cruiser/bin/dependency-cruise.mjs',
      ...['-c', '../../support/dependency-cruiser.cjs', '--output-type', 'err', 'src'],
    ],
    { cwd: 'tests/fixtures/boundaries', encoding: 'utf8' },
  );
  expect(status).toBeGreaterThan(0);
  for (const rule of [
    'no-cycles',
    'engine-is-reached-only-from-workers-and-engine',
    'lib-imports-nothing-of-ours',
    'storage-knows-no-ml',
    'tasks-do-not-import-each-other',
    'pure-packages-know-no-page-storage-or-rpc',
    'workers-engine-rpc-storage-and-lib-know-no-svelte-and-no-page',
  ])
    expect(stdout).toContain(rule);
});
