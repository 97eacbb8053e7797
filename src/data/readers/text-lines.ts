/** A stream of bytes as text, piece by piece, with undecodable bytes noticed. */
import type { ImportNote } from '../schema.ts';

export async function* decodeText(
  bytes: ReadableStream<Uint8Array>,
  encoding: string,
  notes: ImportNote[],
): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder(encoding);
  const reader = bytes.getReader();
  let isNoted = false;
  const checked = (text: string) => {
    if (!isNoted && text.includes('\ufffd')) {
      notes.push({ type: 'undecodable-bytes', encoding });
      isNoted = true;
    }
    return text;
  };
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      yield checked(decoder.decode(value, { stream: true }));
    }
    const rest = decoder.decode();
    if (rest) yield checked(rest);
  } finally {
    await reader.cancel().catch(() => undefined); // already broken: the read has said why
  }
}
