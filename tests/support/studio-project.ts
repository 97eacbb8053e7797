/** A project of a few events with real workers behind it, for tests in a browser. */
import { Workspace } from '../../src/state/workspace.svelte.ts';

export const fileOf = (name: string, lines: readonly string[]) =>
  new File([lines.join('\n')], name, { type: 'text/csv' });

/**
 * People p0, p1 … who rate films f0, f1 … : even ones give 5 to even films and 1 to odd ones, odd ones the other way
 * round. Days tell the order.
 */
export function ratingsOf(people: number, { films, each }: { films: number; each: number }) {
  const lines = ['person,film,stars,day'];
  for (let person = 0; person < people; person++)
    for (let n = 0; n < each; n++) {
      const film = (person * 7 + n * 3) % films;
      const stars = person % 2 === film % 2 ? 5 : 1;
      lines.push(`p${person},f${film},${stars},2024-01-${String(10 + n)}`);
    }
  return fileOf('ratings.csv', lines);
}

/** With its events brought in, in a workspace of its own. */
export async function projectOf(ratings: File) {
  const workspace = new Workspace();
  const id = await workspace.createProject({ name: 'Films', taskId: 'recommendation' });
  const session = await workspace.openProject(id);
  await session.data.importFiles([ratings]);
  await session.setEvents({ user: 'person', item: 'film', value: 'stars', time: 'day' });
  return { workspace, id, session };
}
