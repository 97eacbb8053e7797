/** English beyond the first page. */
import { board } from './board.ts';
import { data } from './data.ts';
import { evaluate } from './evaluate.ts';
import { glossary } from './glossary.ts';
import { models } from './models.ts';
import { notices } from './notices.ts';
import { preview } from './preview.ts';
import { privacy } from './privacy.ts';
import { recommend } from './recommend.ts';
import { runs } from './runs.ts';
import { settings } from './settings.ts';
import { train } from './train.ts';

const screens = {
  board,
  data,
  evaluate,
  glossary,
  models,
  notices,
  preview,
  privacy,
  recommend,
  runs,
  settings,
  train,
};

export default screens;
export type ScreenMessages = typeof screens;
