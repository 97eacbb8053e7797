/** What kind of file this is, by its first bytes and only then by its name. */
import { StudioError } from '../../lib/errors.ts';

export type FileFormat = 'csv' | 'json' | 'jsonl' | 'parquet';

/** @throws StudioError `bad-data`, naming what the file is instead */
export function formatOf(name: string, head: Uint8Array): FileFormat {
  if (head.length === 0) throw new StudioError('bad-data', `"${name}" is empty`);
  if (startsWith(head, 'PAR1')) return 'parquet';
  const other = signatures.find(([signature]) => startsWith(head, signature));
  if (other)
    throw new StudioError(
      'bad-data',
      `"${name}" is ${other[1]}, not a table. Save it as CSV, JSON or Parquet`,
    );
  if (looksBinary(head)) throw new StudioError('bad-data', `"${name}" holds binary data, not text`);
  const plain = name.toLowerCase().replace(/\.gz$/, '');
  if (/\.(jsonl|ndjson)$/.test(plain)) return 'jsonl';
  const text = new TextDecoder().decode(head.slice(0, 4096)).trimStart();
  if (/^\{.*\}\s*\n\s*\{/.test(text)) return 'jsonl';
  if (plain.endsWith('.json') || text.startsWith('[{') || /^\[\s*[[{]/.test(text)) return 'json';
  if (/^\{\s*"/.test(text)) return 'json';
  return 'csv';
}

export function isGzip(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}

const signatures: [string, string][] = [
  ['PK\u0003\u0004', 'a zip archive or an Excel workbook'],
  ['\u00d0\u00cf\u0011\u00e0', 'an old Excel workbook'],
  ['%PDF', 'a PDF'],
  ['\u0089PNG', 'a PNG image'],
  ['\u00ff\u00d8\u00ff', 'a JPEG image'],
  ['GIF8', 'a GIF image'],
  ['SQLite format 3', 'an SQLite database'],
  ['\u007fELF', 'a program'],
  ['7z\u00bc\u00af', 'a 7-Zip archive'],
  ['Rar!', 'a RAR archive'],
];

function startsWith(head: Uint8Array, signature: string): boolean {
  return Array.from(signature).every((letter, i) => head[i] === letter.charCodeAt(0));
}

/** UTF-16 text holds zeros, at every other byte; anything else with many control bytes is no text. */
function looksBinary(head: Uint8Array): boolean {
  const hasMark = (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff);
  if (hasMark) return false;
  const bytes = head.subarray(0, 4096);
  const zeros = [0, 0];
  let controls = 0;
  bytes.forEach((byte, i) => {
    if (byte === 0) zeros[i % 2] = (zeros[i % 2] ?? 0) + 1;
    else if (byte < 9 || (byte > 13 && byte < 32 && byte !== 27)) controls++;
  });
  const [even = 0, odd = 0] = zeros;
  if (controls > bytes.length * 0.05) return true;
  const isUtf16 = Math.max(even, odd) > bytes.length * 0.2 && Math.min(even, odd) < 4;
  return !isUtf16 && even + odd > bytes.length * 0.01;
}
