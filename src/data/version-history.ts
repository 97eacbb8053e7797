/** Ways through the versions of a data set: each names the one it was made from. */
import type { DataSet } from './schema.ts';

type Version = Pick<DataSet, 'digest' | 'parent'>;

/**
 * What redo leads to after going to a version, the next one last: going back to an ancestor undoes all that was
 * done since, going to an undone version redoes up to it, and anywhere else begins anew.
 */
export function undoneAfter(
  versions: readonly Version[],
  { from, to, undone }: { from: string; to: string; undone: readonly string[] },
): string[] {
  if (from === to) return [...undone];
  const at = undone.indexOf(to);
  if (at >= 0) return undone.slice(0, at);
  const parents = new Map(versions.map(({ digest, parent }) => [digest, parent]));
  const left = [...undone];
  for (let digest: string | null = from; digest !== null; digest = parents.get(digest) ?? null) {
    if (digest === to) return left;
    left.push(digest);
  }
  return [];
}
