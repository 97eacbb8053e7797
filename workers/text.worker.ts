/** Encodes texts by what they mean; the encoder stays open. */
import { expose, transfer } from 'comlink';
import { StudioError } from '../src/lib/errors.ts';
import type { TextApi } from '../src/rpc/text-contract.ts';
import { loadSentenceEncoder } from '../src/text/engine/load-encoder.ts';
import type { SentenceEncoder } from '../src/text/engine/sentence-encoder.ts';
import { yieldToMessages } from '../src/training/engine/yield.ts';

let opened: Promise<SentenceEncoder> | null = null;
const underWay = new Map<number, AbortController>();

const api = {
  async embed(call, texts, onProgress) {
    const controller = new AbortController();
    const { signal } = controller;
    underWay.set(call, controller);
    try {
      opened ??= loadSentenceEncoder();
      opened.catch(() => (opened = null)); // there may be a network the next time
      const encoder = await opened;
      signal.throwIfAborted();
      const rows = await encoder.encode(texts, {
        async breathe(done) {
          onProgress?.(done);
          await yieldToMessages();
          signal.throwIfAborted();
        },
      });
      return transfer(rows, [rows.buffer]);
    } finally {
      underWay.delete(call);
    }
  },
  stop(call) {
    underWay.get(call)?.abort(new StudioError('cancelled', 'Stopped'));
  },
} satisfies TextApi;

expose(api);
