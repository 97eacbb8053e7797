/** English, the source of every key. Another language is typed by this one: a missing key fails the check. */
import { app } from './app.ts';
import { domain } from './domain.ts';
import { glossary } from './glossary.ts';
import { home } from './home.ts';
import { notices } from './notices.ts';
import { privacy } from './privacy.ts';
import { samples } from './samples.ts';
import { ui } from './ui.ts';

const en = { app, domain, glossary, home, notices, privacy, samples, ui };

export default en;
export type Messages = typeof en;
