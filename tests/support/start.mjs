/** `npm start`: sets up what is missing, builds, serves on this machine only, and opens the studio. */
import { spawn } from 'node:child_process';
import { ensureDependencies, ensureNode, run } from './setup.mjs';

ensureNode();
ensureDependencies();
run('npx', ['vite', 'build', '--logLevel', 'warn']);

const { preview } = await import('vite');
const server = await preview({ preview: { host: '127.0.0.1', port: 4747 } });
const address = server.resolvedUrls?.local[0] ?? 'http://127.0.0.1:4747/';
console.log(`\nGlasshouse is at ${address}  (Ctrl+C ends it)\n`);
if (process.stdout.isTTY && !process.env['CI']) openBrowser(address);

function openBrowser(url) {
  const [command, ...args] =
    process.platform === 'darwin'
      ? ['open', url]
      : process.platform === 'win32'
        ? ['cmd', '/c', 'start', url]
        : ['xdg-open', url];
  spawn(command, args, { stdio: 'ignore', detached: true })
    .on('error', () => {}) // no desktop: the address is printed above
    .unref();
}
