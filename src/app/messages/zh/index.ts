/** 简体中文。The keys are those of en/; the type says when one is missing. */
import type { Messages } from '../en/index.ts';
import { app } from './app.ts';
import { domain } from './domain.ts';
import { glossary } from './glossary.ts';
import { home } from './home.ts';
import { notices } from './notices.ts';
import { privacy } from './privacy.ts';
import { samples } from './samples.ts';
import { ui } from './ui.ts';

const zh: Messages = { app, domain, glossary, home, notices, privacy, samples, ui };

export default zh;
