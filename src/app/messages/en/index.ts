/**
 * English, the source of every key: what the first page says. What its screens say comes with them (screens.ts).
 * Another language is typed by this one: a missing key fails the check.
 */
import { app } from './app.ts';
import { domain } from './domain.ts';
import { home } from './home.ts';
import { samples } from './samples.ts';
import { ui } from './ui.ts';
import type { ScreenMessages } from './screens.ts';

const en = {
  app,
  domain,
  home,
  samples,
  ui,
};

export default en;
export type FirstMessages = typeof en;
export type Messages = FirstMessages & ScreenMessages;
