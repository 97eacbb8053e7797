/** 简体中文。The keys are those of en/; the type says when one is missing. */
import type { FirstMessages } from '../en/index.ts';
import { app } from './app.ts';
import { domain } from './domain.ts';
import { home } from './home.ts';
import { samples } from './samples.ts';
import { ui } from './ui.ts';

const zh: FirstMessages = {
  app,
  domain,
  home,
  samples,
  ui,
};

export default zh;
