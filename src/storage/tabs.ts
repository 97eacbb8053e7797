/** Tells other tabs and workers which records changed; what to do about it is theirs to decide. */

export interface Announcement {
  type: 'changed';
  kind: string;
  id: string;
  projectId: string;
}

const channelName = 'glasshouse-records';
/** Of this page or worker, which needs no word of its own changes. */
const sender = crypto.randomUUID();

/** Where there is no BroadcastChannel nobody is told, and other tabs are as they were when loaded. */
export function announce(announcement: Announcement): void {
  if (!('BroadcastChannel' in globalThis)) return;
  const channel = new BroadcastChannel(channelName);
  channel.postMessage({ ...announcement, sender });
  channel.close();
}

/** @returns a function that stops listening */
export function onAnnouncement(listener: (announcement: Announcement) => void): () => void {
  if (!('BroadcastChannel' in globalThis)) return () => undefined;
  const channel = new BroadcastChannel(channelName);
  channel.onmessage = ({ data }: MessageEvent<unknown>) => {
    if (isForeign(data)) listener(data);
  };
  return () => channel.close();
}

/** Another tab may run another version of the studio. */
function isForeign(data: unknown): data is Announcement {
  if (typeof data !== 'object' || data === null) return false;
  const message: Partial<Record<string, unknown>> = { ...data };
  return (
    message['type'] === 'changed' &&
    message['sender'] !== sender &&
    ['kind', 'id', 'projectId'].every((field) => typeof message[field] === 'string')
  );
}
