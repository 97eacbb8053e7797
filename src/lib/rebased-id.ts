/**
 * The id that a record gets when its project is imported beside the original. A function of the two ids
 * alone, so that every record that names it arrives at the same one.
 */
export function rebasedId(id: string, projectId: string): string {
  return `${id.split('~')[0] ?? id}~${projectId}`;
}
