/** JSON Lines: a record a line, streamed. */
import { StudioError } from '../../lib/errors.ts';
import type { ImportNote, TextRow } from '../schema.ts';
import { encodingOf } from './encoding.ts';
import { memberText, parseJson, recordOf } from './json.ts';
import {
  checkWidth,
  longestLine,
  uniqueNames,
  type TableFile,
  type TableReader,
} from './table-reader.ts';
import { decodeText } from './text-lines.ts';

const mostNotes = 20;

/**
 * Columns are the members of the first records; what only later ones have is left out, and noted.
 * @throws StudioError `bad-data`
 */
export function openJsonLines(file: TableFile): TableReader {
  const encoding = encodingOf(file.head, file.headIsAll);
  const notes: ImportNote[] = [];
  const record = (line: string, number: number) =>
    recordOf(parseJson(line, `line ${number} of "${file.name}"`), file.name);
  const names = namesOf(file, encoding, record);
  return {
    dialect: { format: 'jsonl', encoding },
    names: uniqueNames(checkWidth(names, file.name), notes),
    notes,
    async *batches() {
      const known = new Set(names);
      let number = 0;
      for await (const lines of linesOf(file, encoding, notes)) {
        const rows: TextRow[] = [];
        for (const line of lines) {
          number++;
          if (!line.trim()) continue;
          const members = record(line, number);
          for (const member in members) {
            if (known.has(member) || notes.length >= mostNotes) continue;
            known.add(member);
            notes.push({ type: 'left-out-member', name: member, row: number });
          }
          rows.push(names.map((name) => memberText(members, name)));
        }
        yield rows;
      }
    },
  };
}

function namesOf(
  file: TableFile,
  encoding: string,
  record: (line: string, number: number) => Record<string, unknown>,
): string[] {
  const lines = new TextDecoder(encoding).decode(file.head).split('\n');
  if (!file.headIsAll) lines.pop(); // cut off
  const names = new Set<string>();
  lines.forEach((line, i) => {
    if (line.trim()) for (const name of Object.keys(record(line, i + 1))) names.add(name);
  });
  return [...names];
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
