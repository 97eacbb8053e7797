/**
 * Plain data as canonical JSON that loses nothing: NaN, infinities and −0 are tagged, as `{"$number":"NaN"}`,
 * and keys that begin with `$` get another one. Equal values give equal text.
 */
import { canonicalJson } from '../lib/digest.ts';

/** @throws TypeError for what is no plain data (a typed array, a date, a function …), naming where it is. */
export function encodePlain(value: unknown): string {
  return canonicalJson(toJson(value, ''));
}

export function decodePlain(text: string): unknown {
  return fromJson(JSON.parse(text));
}

function toJson(value: unknown, path: string): unknown {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number')
    return Number.isFinite(value) && !Object.is(value, -0)
      ? value
      : { $number: Object.is(value, -0) ? '-0' : String(value) };
  if (Array.isArray(value)) return value.map((item, i) => toJson(item, `${path}[${i}]`));
  if (!isPlainObject(value)) throw new TypeError(`${path || 'the value'} is no plain data`);
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(
    entries.map(([key, member]) => [
      key.startsWith('$') ? `$${key}` : key,
      toJson(member, path ? `${path}.${key}` : key),
    ]),
  );
}

function fromJson(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(fromJson);
  if (!isPlainObject(value)) return value;
  if (typeof value['$number'] === 'string') return Number(value['$number']);
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key.startsWith('$$') ? key.slice(1) : key,
      fromJson(member),
    ]),
  );
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
