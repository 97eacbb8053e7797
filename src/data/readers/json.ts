/** JSON (a list of records, a list of rows, or {columns, data}) and JSON Lines. */
import { StudioError } from '../../lib/errors.ts';
import type { ImportNote } from '../schema.ts';
import { encodingOf } from './encoding.ts';
import { mostColumns, uniqueNames, type TableFile, type TableReader } from './table-reader.ts';
import { decodeText } from './text-lines.ts';

/** JSON can't be read piece by piece; JSON Lines can. */
const largestJson = 512 * 2 ** 20;
const longestLine = 16 * 2 ** 20;
const batchRows = 10_000;

type Cells = (string | null)[];

/** @throws StudioError `bad-data`, `unsupported` */
export async function openJson(file: TableFile): Promise<TableReader> {
  const encoding = encodingOf(file.head, file.headIsAll);
  const notes: ImportNote[] = [];
  let text = '';
  for await (const piece of decodeText(file.bytes(), encoding, notes)) {
    text += piece;
    if (text.length > largestJson)
      throw new StudioError(
        'unsupported',
        `"${file.name}" is larger than ${largestJson / 2 ** 20} MB of JSON; save it as JSON Lines or CSV`,
      );
  }
  const { names, rows } = tableOf(parse(text, file.name, 0), file.name);
  return {
    dialect: { format: 'json', encoding },
    names: uniqueNames(checkWidth(names, file.name), notes),
    notes,
    // eslint-disable-next-line @typescript-eslint/require-await -- the interface is for readers that wait
    async *batches() {
      for (let at = 0; at < rows.length; at += batchRows)
        yield rows.slice(at, at + batchRows).map((row) => names.map((_, i) => row(i)));
    },
  };
}

/** Columns are those of the first lines; a later record's further members are left out and noted. */
export async function openJsonLines(file: TableFile): Promise<TableReader> {
  const encoding = encodingOf(file.head, file.headIsAll);
  const notes: ImportNote[] = [];
  const keys = new Set<string>();
  const sample = new TextDecoder(encoding).decode(file.head);
  const lines = sample.split('\n');
  if (!file.headIsAll) lines.pop();
  lines.forEach((line, i) => {
    if (line.trim())
      Object.keys(recordOf(parse(line, file.name, i + 1), file.name)).forEach((key) =>
        keys.add(key),
      );
  });
  const names = [...keys];
  return await Promise.resolve({
    dialect: { format: 'jsonl', encoding } as const,
    names: uniqueNames(checkWidth(names, file.name), notes),
    notes,
    async *batches() {
      let number = 0;
      for await (const batch of linesOf(file, encoding, notes)) {
        const rows: Cells[] = [];
        for (const line of batch) {
          number++;
          if (!line.trim()) continue;
          const record = recordOf(parse(line, file.name, number), file.name);
          rows.push(names.map((name) => cellOf(record[name])));
        }
        yield rows;
      }
    },
  });
}

async function* linesOf(file: TableFile, encoding: string, notes: ImportNote[]) {
  let rest = '';
  for await (const piece of decodeText(file.bytes(), encoding, notes)) {
    const lines = (rest + piece).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > longestLine)
      throw new StudioError('bad-data', `"${file.name}": a line is longer than 16 MB`);
    yield lines;
  }
  yield [rest];
}

/** @param line 0 for a whole file */
function parse(text: string, name: string, line: number): unknown {
  try {
    return JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text) as unknown;
  } catch (error) {
    const where = line > 0 ? `line ${line} of "${name}"` : `"${name}"`;
    throw new StudioError(
      'bad-data',
      `${where} is not valid JSON: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

function tableOf(
  value: unknown,
  name: string,
): { names: string[]; rows: ((i: number) => string | null)[] } {
  if (isRecord(value) && Array.isArray(value['columns']) && Array.isArray(value['data']))
    return fromRows(value['columns'].map(String), value['data'] as unknown[]);
  const list: unknown = isRecord(value)
    ? Object.values(value).find((member) => Array.isArray(member))
    : value;
  if (!Array.isArray(list)) throw new StudioError('bad-data', `"${name}" holds no list of rows`);
  const items: unknown[] = list;
  if (items.length === 0) throw new StudioError('bad-data', `"${name}" has no rows`);
  if (items.every(Array.isArray)) {
    const width = Math.max(...items.map((row) => row.length));
    return fromRows(
      Array.from({ length: width }, (_, i) => `column ${i + 1}`),
      items,
    );
  }
  const names = [...new Set(items.flatMap((item) => Object.keys(recordOf(item, name))))];
  const rows = items.map((item) => (i: number) => cellOf(recordOf(item, name)[names[i] ?? '']));
  return { names, rows };
}

function fromRows(names: string[], rows: unknown[]) {
  return {
    names,
    rows: rows.map(
      (row) => (i: number) => cellOf(Array.isArray(row) ? (row as unknown[])[i] : null),
    ),
  };
}

function recordOf(value: unknown, name: string): Record<string, unknown> {
  if (isRecord(value)) return value;
  throw new StudioError(
    'bad-data',
    `"${name}" mixes records with other values, such as ${JSON.stringify(value).slice(0, 60)}`,
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function cellOf(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function checkWidth(names: string[], name: string): string[] {
  if (names.length === 0) throw new StudioError('bad-data', `"${name}" has no columns`);
  if (names.length <= mostColumns) return names;
  throw new StudioError(
    'bad-data',
    `"${name}" has ${names.length} columns; at most ${mostColumns} can be used`,
  );
}
