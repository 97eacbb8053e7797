/** Items' texts as the sentence encoder understands them, for methods that are told to know texts so. */
import { encoderBytes } from '../../text/pretrained.ts';
import type { RunPreparation } from '../../training/run.ts';
import type { ItemFeatures } from '../item-features.ts';

/** Of the work, where the encoder has to be fetched first. */
const loading = 0.1;
/** How long nobody is listened to while a file is waited for. */
const deafMs = 80;

/**
 * @param breathe hears the share that is done, 0 to 1, and of what; what it throws ends the work, also while the
 * network gives nothing
 * @throws StudioError where the encoder can't be loaded (text/engine/load-encoder.ts)
 */
export async function embedItems(
  features: ItemFeatures,
  breathe: (done: number, preparation: RunPreparation) => Promise<void>,
): Promise<ItemFeatures> {
  const { texts } = features;
  if (!texts) return features;
  let come = 0;
  const encoder = await whileListening(
    async (signal) => {
      // With all that it is made of, only where it is asked for.
      const { loadSentenceEncoder } = await import('../../text/engine/load-encoder.ts');
      const loaded = await loadSentenceEncoder((done) => void (come = done), signal);
      if (signal.aborted) loaded.dispose(); // too late: nobody takes it
      return loaded;
    },
    () =>
      breathe(loading * come, {
        ...{ type: 'loading-encoder', bytes: come * encoderBytes, of: encoderBytes },
      }),
  );
  try {
    const values = await encoder.encode(texts, {
      breathe: (done) =>
        breathe(loading + (1 - loading) * done, {
          ...{ type: 'encoding-texts', texts: Math.round(done * texts.length), of: texts.length },
        }),
    });
    return { ...features, embeddings: { values, width: values.length / features.items } };
  } finally {
    encoder.dispose();
  }
}

/** @param breathe asked again and again until the work is done; what it throws aborts that */
async function whileListening<T>(
  work: (signal: AbortSignal) => Promise<T>,
  breathe: () => Promise<void>,
): Promise<T> {
  const controller = new AbortController();
  const result = work(controller.signal).then((value) => ({ value }));
  result.catch(() => undefined); // nobody waits for it where it is given up
  try {
    for (;;) {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const silence = new Promise<null>((resolve) => {
        // In a tab behind others it may come late; nobody presses Stop there, and the loading doesn't wait for it.
        // eslint-disable-next-line no-restricted-globals
        timer = setTimeout(() => resolve(null), deafMs);
      });
      const done = await Promise.race([result, silence]).finally(() => clearTimeout(timer));
      if (done) return done.value;
      await breathe();
    }
  } finally {
    controller.abort();
  }
}
