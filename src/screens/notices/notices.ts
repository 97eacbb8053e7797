/** The licences of what was built in, as the build wrote them down. */
export interface LibraryNotice {
  name: string;
  version: string;
  /** SPDX, where the package says. */
  identifier?: string | null;
  text?: string | null;
}

/** Null in the development server, which builds none. */
export async function loadNotices(): Promise<readonly LibraryNotice[] | null> {
  const response = await fetch('notices.json').catch(() => null);
  if (!response?.ok || !response.headers.get('content-type')?.includes('json')) return null;
  const list: unknown = await response.json();
  return Array.isArray(list) ? list.filter(isNotice) : null;
}

function isNotice(value: unknown): value is LibraryNotice {
  return typeof value === 'object' && value !== null && 'name' in value && 'version' in value;
}
