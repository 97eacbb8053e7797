/** English, the source of every key. Another language is typed by this one: a missing key fails the check. */
import { app } from './app.ts';
import { data } from './data.ts';
import { domain } from './domain.ts';
import { evaluate } from './evaluate.ts';
import { glossary } from './glossary.ts';
import { home } from './home.ts';
import { models } from './models.ts';
import { notices } from './notices.ts';
import { privacy } from './privacy.ts';
import { samples } from './samples.ts';
import { train } from './train.ts';
import { ui } from './ui.ts';

const en = {
  app,
  data,
  domain,
  evaluate,
  glossary,
  home,
  models,
  notices,
  privacy,
  samples,
  train,
  ui,
};

export default en;
export type Messages = typeof en;
