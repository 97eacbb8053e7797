/** What files look like before they are imported: their dialect, their columns, and the first rows. */
import { inferTypes, sampleRowsOf } from '../../src/data/infer-types.ts';
import { openTable } from '../../src/data/readers/open-table.ts';
import type { TextRow } from '../../src/data/schema.ts';
import { reviveError, StudioError } from '../../src/lib/errors.ts';
import type { ImportRequest, SourcePreview } from '../../src/rpc/contracts.ts';
import { assertSameColumns } from './same-columns.ts';

const shownRows = 50;
/** Enough to judge by; reading on would make the person wait. */
const readLetters = 200_000;

/**
 * Reads the beginning of the first file, and the columns of the others.
 * @throws StudioError `bad-data`, `unsupported` for the first file; what is wrong with another is told beside it
 */
export async function preview(
  files: ImportRequest['files'],
  dialect?: ImportRequest['dialect'],
): Promise<SourcePreview> {
  const [file, ...others] = files;
  if (!file) throw new StudioError('bad-data', 'No file was given');
  const reader = await openTable(file.name, file.blob, { dialect });
  const rows: TextRow[] = [];
  let letters = 0;
  for await (const batch of reader.batches()) {
    for (const row of batch) {
      rows.push(row);
      for (const cell of row) letters += (cell?.length ?? 0) + 1;
      if (letters > readLetters) break;
    }
    if (letters > readLetters || rows.length >= sampleRowsOf(reader.names.length)) break;
  }
  const types = inferTypes(reader.names, rows);
  return {
    dialect: reader.dialect,
    columns: types.map((type, i) => ({ name: reader.names[i] ?? '', ...type })),
    rows: rows.slice(0, shownRows).map((row) => row.map((cell) => cell ?? '')),
    others: await Promise.all(
      others.map(async (other) => ({
        name: other.name,
        problem: await problemOf(other, dialect, reader.names),
      })),
    ),
  };
}

async function problemOf(
  { name, blob }: ImportRequest['files'][number],
  dialect: ImportRequest['dialect'],
  expected: readonly string[],
): Promise<string | null> {
  try {
    assertSameColumns(name, (await openTable(name, blob, { dialect })).names, expected);
    return null;
  } catch (error) {
    return reviveError(error).message;
  }
}
