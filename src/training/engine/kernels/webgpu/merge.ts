/**
 * Calls that become part of the one before: endings of products, and rows that are copied one lot after the other.
 * Plans make them one by one; here each would cost a dispatch.
 */
import type { Call } from './shader.ts';

/** @returns whether `call` is done by `last` from now on, whose parameters were changed */
export function isMerged(last: Call, call: Call): boolean {
  if (last.shader.hasEnding) return isEnding(last.p, call);
  return last.name === 'copyRows' && call.name === 'copyRows' && isNextCopy(last.p, call.p);
}

type Parameters = Record<string, number>;

function isEnding(product: Parameters, { name, p }: Call): boolean {
  const { c, m = 0, n = 0, rowsC, endBias, endKind } = product;
  if (rowsC !== n) return false;
  switch (name) {
    case 'addBias':
    case 'addBiasActivate': {
      const { bias = 0, kind = 0, y = 0 } = p;
      const fits = (p['x'] ?? p['z']) === c && p['rows'] === m && p['columns'] === n;
      if (!fits || endBias !== 0 || endKind !== 0) return false;
      Object.assign(product, { endBias: bias, endKind: kind, endPlace: y });
      return true;
    }
    case 'activate': {
      if (p['z'] !== c || p['count'] !== m * n || endKind !== 0) return false;
      product['endKind'] = p['kind'] ?? 0;
      product['endPlace'] = p['y'] ?? 0;
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
