/** What tests in a browser can ask of the process that drives it. */
import { defineBrowserCommand } from '@vitest/browser-playwright';

export type Answer = 'missing' | 'offline' | 'cut' | 'altered';

declare module 'vitest/browser' {
  interface BrowserCommands {
    /** Requests of addresses that end so are answered wrongly, those of workers too; null: rightly again. */
    answer(end: string, how: Answer | null): Promise<void>;
  }
}

export const answer = defineBrowserCommand<[string, Answer | null]>(
  async ({ context }, end, how) => {
    const pattern = `**/*${end}`;
    await context.unroute(pattern);
    if (how === null) return;
    await context.route(pattern, async (route) => {
      if (how === 'offline') return route.abort('internetdisconnected');
      if (how === 'missing') return route.fulfill({ status: 404, body: 'None' });
      const response = await route.fetch();
      const body = await response.body();
      if (how === 'altered') body[body.length >> 1] = (body[body.length >> 1] ?? 0) ^ 1;
      return route.fulfill({ response, body: how === 'cut' ? body.subarray(0, -1) : body });
    });
  },
);
