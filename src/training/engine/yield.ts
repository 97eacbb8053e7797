/**
 * Lets messages in between two batches. Timers and frames are throttled in background tabs;
 * messages to oneself are not.
 */
const channel = new MessageChannel();
const waiting: (() => void)[] = [];
channel.port1.onmessage = () => waiting.shift()?.();

export function yieldToMessages(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    channel.port2.postMessage(null);
    // In Node an open port would keep the process alive.
    if ('unref' in channel.port1) (channel.port1 as unknown as { unref(): void }).unref();
  });
}
