/** Long work of a worker, told to the page while it goes on. */
import { yieldToMessages } from '../src/training/engine/yield.ts';

const toldEveryMs = 100;

/** Lets messages in, and tells how far it is a few times a second. */
export function breathing(onProgress?: (share: number) => void) {
  let told = 0;
  return async (share: number) => {
    if (onProgress && performance.now() - told > toldEveryMs) {
      told = performance.now();
      onProgress(share);
    }
    await yieldToMessages();
  };
}
