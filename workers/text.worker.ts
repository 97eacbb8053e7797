/** Encodes texts by what they mean; the encoder stays open. */
import { expose, transfer } from 'comlink';
import type { TextApi } from '../src/rpc/text-contract.ts';
import { loadSentenceEncoder } from '../src/text/engine/load-encoder.ts';
import type { SentenceEncoder } from '../src/text/engine/sentence-encoder.ts';
import { yieldToMessages } from '../src/training/engine/yield.ts';

let opened: Promise<SentenceEncoder> | null = null;

const api = {
  async embed(texts, onProgress) {
    opened ??= loadSentenceEncoder();
    opened.catch(() => (opened = null)); // there may be a network the next time
    const encoder = await opened;
    const rows = await encoder.encode(texts, {
      async breathe(done) {
        onProgress?.(done);
        await yieldToMessages();
      },
    });
    return transfer(rows, [rows.buffer]);
  },
} satisfies TextApi;

expose(api);
