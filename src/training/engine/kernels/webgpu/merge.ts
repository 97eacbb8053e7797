/**
 * Calls that become part of the one before: endings of products, sums and biases on top of copies, and copies one
 * after the other. Plans make them one by one; here each would cost a dispatch.
 */
import type { Call } from './shader.ts';

/** @returns whether `call` is done by `last` from now on, whose parameters were changed */
export function isMerged(last: Call, call: Call): boolean {
  if (last.shader.hasEnding) return isEnding(last, call);
  if (last.name === 'copy') return isOfCopy(last.p, call);
  return last.name === 'copyRows' && call.name === 'copyRows' && isNextCopy(last.p, call.p);
}

type Parameters = Record<string, number>;

function isEnding({ p: product, shader }: Call, { name, p }: Call): boolean {
  const { c = 0, m = 0, n = 0, rowsC, endBias, endKind } = product;
  if (rowsC !== n) return false;
  const { y = c } = p;
  const isClear = ([at, count]: readonly [number, number]) => y + m * n <= at || at + count <= y;
  if (y !== c && !shader.reads?.(product).every(isClear)) return false;
  switch (name) {
    case 'addBias':
    case 'addBiasActivate': {
      const { bias = 0, kind = 0 } = p;
      const fits = (p['x'] ?? p['z']) === c && p['rows'] === m && p['columns'] === n;
      if (!fits || endBias !== 0 || endKind !== 0) return false;
      Object.assign(product, { endBias: bias, endKind: kind, endPlace: y });
      return true;
    }
    case 'activate': {
      if (p['z'] !== c || p['count'] !== m * n || endKind !== 0) return false;
      product['endKind'] = p['kind'] ?? 0;
      product['endPlace'] = y;
      return true;
    }
    default:
      return false;
  }
}

/** A sum with what was copied, a bias on it, or the same copied once more: a residual connection has all of them. */
function isOfCopy(last: Parameters, { name, p }: Call): boolean {
  const { source = 0, to = 0, count = 0, also, plus, bias } = last;
  if (also || plus || bias) return false;
  const isApart = (a = 0, aCount = 0, b = 0) => a + aCount <= b || b + count <= a;
  switch (name) {
    case 'copy': {
      const fits = p['source'] === source && p['count'] === count;
      if (!fits || !isApart(p['to'], count, source) || !isApart(p['to'], count, to)) return false;
      last['also'] = p['to'] ?? 0;
      return true;
    }
    case 'addInto': {
      const fits = p['a'] === to && p['count'] === count;
      if (!fits || !isApart(p['b'], count, to)) return false;
      last['plus'] = p['b'] ?? 0;
      return true;
    }
    case 'addBias': {
      const { columns = 0, rows = 0 } = p;
      const fits = p['x'] === to && rows * columns === count && columns > 0;
      if (!fits || !isApart(p['bias'], columns, to)) return false;
      Object.assign(last, { bias: p['bias'], columns });
      return true;
    }
    default:
      return false;
  }
}

/** Whether it is the next of equal steps, and none writes where another does. */
function isNextCopy(last: Parameters, next: Parameters): boolean {
  const alike = ['rowsFrom', 'rowsTo', 'rows', 'columns', 'accumulate'];
  if (alike.some((part) => last[part] !== next[part])) return false;
  const { times = 1, source = 0, to = 0, rows = 0, rowsTo = 0, columns = 0 } = last;
  const sourceStep = ((next['source'] ?? 0) - source) / times;
  const toStep = ((next['to'] ?? 0) - to) / times;
  if (times > 1 && (sourceStep !== last['sourceStep'] || toStep !== last['toStep'])) return false;
  const isBeside = toStep >= columns && (times + 1) * toStep <= rowsTo;
  const isBehind = toStep >= (rows - 1) * rowsTo + columns;
  if (!isBeside && !isBehind) return false;
  Object.assign(last, { times: times + 1, sourceStep, toStep });
  return true;
}
