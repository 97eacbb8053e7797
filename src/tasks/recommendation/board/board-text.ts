/** How a leaderboard's rows and figures read. */
import { format, named, t } from '../../../app/i18n.svelte.ts';
import type { ProjectSession } from '../../../state/project-session.svelte.ts';
import type { BoardColumn } from './board-columns.ts';
import { reportOf, type Board, type BoardRow } from './leaderboard.ts';

export function methodName(id: string): string {
  return named(t.train.learners, id);
}

/** Under the method's name: which version, or that it is the baseline that nobody trained. */
export function rowNote({ version }: BoardRow, { training }: ProjectSession): string {
  if (!version) return t.board.baselineRow;
  const run = training.runs.find(({ id }) => id === version.runId);
  return t.board.version(version.number, run?.record.name ?? '');
}

/** After which epoch a version was kept; '' of a method without epochs. */
export function epochNote({ version }: BoardRow): string {
  if (!version?.epochs) return '';
  const { kept, run } = version.epochs;
  return t.train.keptEpoch(format.integer(kept), format.integer(run));
}

/** Of several rows of one method also the version, so that they can be told apart. */
export function shortName(row: BoardRow, rows: readonly BoardRow[]): string {
  const name = methodName(row.method);
  const isOne = rows.filter(({ method }) => method === row.method).length === 1;
  return isOne || !row.version ? name : `${name} (${row.version.number})`;
}

export function settingsText({ settings }: BoardRow): string {
  return settings
    .map(([name, value]) => {
      const shown =
        typeof value === 'number'
          ? format.number(value)
          : named(t.recommend.choices, String(value));
      return `${named(t.recommend.settings, name)}: ${shown}`;
    })
    .join(' · ');
}

export function figureText(value: number, { format: kind }: BoardColumn): string {
  switch (kind) {
    case 'percent':
      return format.percent(value);
    case 'number':
      return value >= 10 ? format.number(value) : format.fixed(value, 3);
    case 'seconds':
      return format.duration(value);
  }
}

export function signed(value: number): string {
  const size = format.fixed(Math.abs(value), 3);
  return value < 0 ? `−${size}` : `+${size}`;
}

export function protocolText({ protocol, events, people, items, rows }: Board): string {
  const text = t.board.protocol(
    t.board.split[protocol.split],
    ...([events, people, items].map((count) => format.integer(count)) as [string, string, string]), // three
  );
  const { likedFrom } = protocol;
  const without = rows.map(
    ({ version }) => (version && reportOf(version)?.protocol.withoutEvents) ?? 0,
  );
  const most = Math.max(0, ...without);
  return [
    text,
    ...(likedFrom === undefined ? [] : [t.board.likedFrom(format.number(likedFrom))]),
    ...(most === 0 ? [] : [t.board.withoutEvents(format.integer(most))]),
  ].join(' ');
}
