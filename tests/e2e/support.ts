/** What journeys share. They drive the built studio as a person or a script would. */
import { expect, type Page } from '@playwright/test';
import type { GlasshouseApi } from '../../src/app/console.ts';

declare global {
  interface Window {
    glasshouse: GlasshouseApi;
  }
}

/** Opens the studio and fails the test on any request to another origin or any uncaught error. */
export async function openStudio(page: Page, hash = '#/') {
  const foreign: string[] = [];
  const errors: string[] = [];
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (!['127.0.0.1:4173', ''].includes(url.host)) foreign.push(request.url());
  });
  page.on('pageerror', (error) => errors.push(error.message));
  await page.goto(`/${hash}`);
  await page.waitForFunction(() => 'glasshouse' in window);
  return {
    expectPrivate() {
      expect(foreign, 'requests to another origin').toEqual([]);
      expect(errors, 'uncaught errors').toEqual([]);
    },
  };
}
