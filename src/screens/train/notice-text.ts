/** What a run did to go on, in words. */
import { format, t } from '../../app/i18n.svelte.ts';
import type { RunNotice } from '../../training/run.ts';

export function noticeText(notice: RunNotice): string {
  if (notice.type === 'text') return notice.text;
  if (notice.type === 'began-again') return t.train.noticeTexts.beganAgain;
  if (notice.type === 'unvalidated') return t.train.noticeTexts.unvalidated;
  if (notice.type === 'fold-diverged')
    return t.train.noticeTexts.foldDiverged(
      format.integer(notice.fold),
      format.integer(notice.folds),
    );
  // What is fitted part by part has no epochs, and says the same as in a first one.
  if (notice.type === 'went-on' && notice.epoch === 1) return t.train.noticeTexts.wentOnInFirst;
  return t.train.noticeTexts.at(format.integer(notice.epoch), textOf(notice));
}

type OfEpoch = Extract<RunNotice, { epoch: number }>;

function textOf(notice: OfEpoch): string {
  const { backends, noticeTexts: texts } = t.train;
  switch (notice.type) {
    case 'fewer-rows': {
      const [rows, batch] = [format.integer(notice.rows), format.integer(notice.batch)];
      const text = texts.fewerRows(backends[notice.backend], rows, batch);
      return notice.isApproximate ? `${text} ${texts.approximate}` : text;
    }
    case 'one-worker':
      return texts.oneWorker(format.integer(notice.workers), notice.message);
    case 'restarted':
      return texts.restarted(backends[notice.backend]);
    case 'single-precision':
      return texts.singlePrecision(backends[notice.backend]);
    case 'not-stored':
      return texts.notStored(
        notice.code === 'storage-full' ? texts.fullStorage : texts.failedStorage(notice.message),
      );
    case 'went-on':
      return texts.wentOn;
    case 'moved': {
      const why =
        notice.cause === 'failed'
          ? texts.causes.failed(notice.message)
          : texts.causes[notice.cause];
      return texts.moved(backends[notice.from], backends[notice.to], why);
    }
  }
}

/**
 * Of halvings that came right after each other the last alone says what is, and of each fold's precision, or of states
 * that weren't stored, the first.
 */
export function withoutSteps(notices: readonly RunNotice[]): RunNotice[] {
  return notices.filter((notice, i) => {
    if (notice.type === 'not-stored')
      return !notices
        .slice(0, i)
        .some((one) => one.type === 'not-stored' && one.code === notice.code);
    if (notice.type === 'single-precision')
      return !notices
        .slice(0, i)
        .some(
          ({ type, ...one }) =>
            type === notice.type && 'backend' in one && one.backend === notice.backend,
        );
    const next = notices[i + 1];
    return !(
      notice.type === 'fewer-rows' &&
      next?.type === 'fewer-rows' &&
      next.backend === notice.backend &&
      next.epoch === notice.epoch
    );
  });
}
