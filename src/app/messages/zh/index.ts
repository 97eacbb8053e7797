/** 简体中文。The keys are those of en/; the type says when one is missing. */
import type { Messages } from '../en/index.ts';
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

const zh: Messages = {
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

export default zh;
