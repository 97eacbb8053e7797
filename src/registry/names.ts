/** Movable names (aliases, such as `champion`) and words (tags) for model versions. Versions never change; these do. */
import * as v from 'valibot';
import { StudioError } from '../lib/errors.ts';
import type { Project } from './project.ts';

/** Not all digits and no id, so that a name is never taken for a version. */
export const aliasName = v.pipe(
  v.string(),
  v.regex(/^[a-z][a-z0-9-]{0,31}$/, 'begins with a letter and has up to 32 of a–z, 0–9 and -'),
);

export const tagName = v.pipe(v.string(), v.trim(), v.nonEmpty(), v.maxLength(64));

/**
 * The project with the alias on this version, taken from the one that had it; null takes it away.
 * @throws StudioError `bad-config` for a name that can't be one
 */
export function withAlias(project: Project, alias: string, version: string | null): Project {
  const named = v.safeParse(aliasName, alias);
  if (!named.success)
    throw new StudioError('bad-config', `alias "${alias}": ${named.issues[0].message}`);
  const others = without(project.aliases, alias);
  return { ...project, aliases: version === null ? others : { ...others, [alias]: version } };
}

/**
 * The project with these tags, and no others, on this version; without repeats, in order.
 * @throws StudioError `bad-config` for a tag that can't be one
 */
export function withTags(project: Project, version: string, tags: readonly string[]): Project {
  const parsed = tags.map((tag) => {
    const named = v.safeParse(tagName, tag);
    if (named.success) return named.output;
    throw new StudioError('bad-config', `tag "${tag}": ${named.issues[0].message}`);
  });
  const others = without(project.tags ?? {}, version);
  const kept = [...new Set(parsed)].sort();
  return { ...project, tags: kept.length === 0 ? others : { ...others, [version]: kept } };
}

function without<T>(members: Record<string, T>, key: string): Record<string, T> {
  return Object.fromEntries(Object.entries(members).filter(([name]) => name !== key));
}
