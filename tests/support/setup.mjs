/** Brings a fresh clone to where it can build and test: dependencies, and a Chromium where one is asked for. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';

const root = new URL('../..', import.meta.url).pathname;
const isWindows = process.platform === 'win32';

/** Runs a command in the repository's root and ends this process with its status if it fails. */
export function run(command, args, { optional = false, env = {} } = {}) {
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    shell: isWindows,
    env: { ...process.env, ...env },
  });
  if (status === 0) return true;
  if (optional) return false;
  console.error(`\n${command} ${args.join(' ')} failed${error ? `: ${error.message}` : ''}`);
  process.exit(status ?? 1);
}

export function ensureNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  console.error(`Glasshouse needs Node 20.19 or newer; this is ${process.versions.node}`);
  process.exit(1);
}

/** Installs exactly what the lock file says, unless that is what is there. */
export function ensureDependencies() {
  const installed = `${root}node_modules/.package-lock.json`;
  const lock = `${root}package-lock.json`;
  if (existsSync(installed) && sameVersions(installed, lock)) return;
  run('npm', ['ci', '--no-audit', '--no-fund']);
}

/** Debian's Chromium; where apt can't bring it, Playwright's own. */
export function ensureChromium() {
  if (['/usr/bin/chromium', '/usr/bin/chromium-browser'].some(existsSync)) return;
  const isRoot = process.getuid?.() === 0;
  const sudo = isRoot ? [] : ['sudo', '-n'];
  const [apt = '', ...rest] = [...sudo, 'apt-get'];
  if (
    existsSync('/usr/bin/apt-get') &&
    run(apt, [...rest, 'update', '-qq'], { optional: true }) &&
    run(apt, [...rest, 'install', '-y', '-qq', 'chromium'], {
      optional: true,
      env: { DEBIAN_FRONTEND: 'noninteractive' },
    })
  )
    return;
  run('npx', ['playwright', 'install', 'chromium']);
}

function sameVersions(installedPath, lockPath) {
  if (statSync(installedPath).mtimeMs >= statSync(lockPath).mtimeMs) return true;
  const versions = (path) =>
    Object.entries(JSON.parse(readFileSync(path, 'utf8')).packages)
      .filter(([name, entry]) => name && !entry.optional)
      .map(([name, entry]) => `${name}@${entry.version}`)
      .sort()
      .join();
  return versions(installedPath) === versions(lockPath);
}
