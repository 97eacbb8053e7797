/**
 * Holds the built studio to its budgets: all script of the first page (its static graph and the home screen), each
 * worker's first chunk, and all that a run on WebAssembly loads.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { brotliCompressSync } from 'node:zlib';

const budgetsKb = {
  'first page': 90,
  data: 111,
  training: 260,
  'training on wasm': 260,
  inference: 260,
  shard: 60,
  bytes: 15,
  text: 90,
};

const root = new URL('../../', import.meta.url);
const dist = new URL('dist/', root);
const assets = readdirSync(new URL('assets/', dist));
const read = (path) => readFileSync(new URL(path, dist));

const statically = /(?:from|import)\s*["']\.\/([\w.-]+\.js)["']/g;
const anyhow = /(?:from|import)\s*\(?\s*["'`]\.\/([\w.-]+\.js)["'`]/g;
/** Loaded only by runs that our WebAssembly kernels don't compute: tfjs's backends but the one in JavaScript, our WGSL. */
const otherBackends =
  /MathBackendWebGL|WebGPUBackend|@workgroup_size|gather rows|WASM_HAS_MULTITHREAD_SUPPORT/;

/** The module and all that it imports. */
function graph(file, seen = new Set(), imports = statically, isLeftOut = () => false) {
  if (seen.has(file)) return seen;
  const code = read(`assets/${file}`).toString();
  if (isLeftOut(code)) return seen;
  seen.add(file);
  for (const [, name] of code.matchAll(imports)) graph(name, seen, imports, isLeftOut);
  return seen;
}

const kilobytes = (files) =>
  [...files].reduce((sum, file) => sum + brotliCompressSync(read(`assets/${file}`)).length, 0) /
  1000;

const html = read('index.html').toString();
const entry = html.match(/src="\.\/assets\/([\w.-]+\.js)"/)?.[1] ?? '';
const home = assets
  .filter((file) => file.startsWith('Screen-') && file.endsWith('.js'))
  .find((file) => read(`assets/${file}`).includes('samplesLead'));
const sizes = { 'first page': graph(home, graph(entry)) };
for (const name of ['data', 'training', 'inference', 'shard', 'bytes', 'text']) {
  const worker = assets.find((file) => file.startsWith(`${name}.worker-`));
  if (worker) sizes[name] = graph(worker);
  if (name === 'training')
    sizes['training on wasm'] = graph(worker, new Set(), anyhow, (code) =>
      otherBackends.test(code),
    );
}

let isOver = false;
for (const [name, files] of Object.entries(sizes)) {
  const size = kilobytes(files);
  const budget = budgetsKb[name];
  isOver ||= size > budget;
  console.log(
    `${size > budget ? '✗' : '✓'} ${name}: ${size.toFixed(1)} of ${budget} kB brotli, ${files.size} files`,
  );
}
process.exit(isOver ? 1 : 0);
