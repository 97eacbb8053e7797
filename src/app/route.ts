/** Addresses as values. Hashes, so that the built folder works from any path of any static host. */
export const stages = [
  'data',
  'train',
  'evaluate',
  'explain',
  'tune',
  'models',
  'deploy',
  'monitor',
] as const;
export type Stage = (typeof stages)[number];

export type Route =
  /** `#/`, `#/privacy`, `#/learn/gradient`: the folder of the screen, and what follows. */
  | { type: 'page'; screen: string; rest: string }
  /** `#/p/<project>/<stage>` */
  | { type: 'project'; projectId: string; stage: Stage };

export function parseRoute(hash: string): Route {
  const [first = '', ...others] = hash
    .replace(/^#?\/?/, '')
    .split('/')
    .map(decode);
  if (first === 'p' && others[0]) {
    const stage = stages.find((name) => name === others[1]);
    if (stage || !others[1])
      return { type: 'project', projectId: others[0], stage: stage ?? 'data' };
  }
  return { type: 'page', screen: first || 'home', rest: others.join('/') };
}

export function hrefOf(route: Route): string {
  if (route.type === 'project') return `#/p/${encodeURIComponent(route.projectId)}/${route.stage}`;
  if (route.screen === 'home') return '#/';
  return `#/${encodeURIComponent(route.screen)}${route.rest && `/${route.rest}`}`;
}

export function projectHref(projectId: string, stage: Stage = 'data'): string {
  return hrefOf({ type: 'project', projectId, stage });
}

export function pageHref(screen: string, rest = ''): string {
  return hrefOf({ type: 'page', screen, rest });
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // a stray % typed by hand
  }
}
