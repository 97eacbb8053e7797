import { BlobWriter, TextReader, ZipWriter } from '@zip.js/zip.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { archiveLimits } from '../../../src/storage/archive.ts';
import { putChunk } from '../../../src/storage/chunks.ts';
import { importProject } from '../../../src/storage/project-file.ts';
import { codecs, exampleFile, unzipped, zipped, type Entry } from './example-project.ts';
import { bytesOf, freshDb, note } from './notes.ts';

interface ManifestJson {
  projectId: string;
  records: object[];
  chunks: { digest: string; size: number }[];
}

const asText = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const asBytes = (text: string) => new Uint8Array(bytesOf(text));

/** Changes the manifest's JSON. */
const inManifest = (change: (manifest: ManifestJson) => unknown) => (entries: Entry[]) =>
  entries.map((entry) =>
    entry.name === 'manifest.json'
      ? {
          ...entry,
          bytes: asBytes(JSON.stringify(change(JSON.parse(asText(entry.bytes)) as ManifestJson))),
        }
      : entry,
  );

const without = (start: string) => (entries: Entry[]) => {
  const index = entries.findIndex(({ name }) => name.startsWith(start));
  return entries.filter((_, i) => i !== index);
};

const changed =
  (start: string, change: (bytes: Uint8Array<ArrayBuffer>) => void) => (entries: Entry[]) => {
    const entry = entries.find(({ name }) => name.startsWith(start));
    if (entry) change(entry.bytes);
    return entries;
  };

test.each<[string, (entries: Entry[]) => Entry[], string, string | RegExp]>([
  [
    'no manifest',
    without('manifest'),
    'corrupt',
    'The project file lacks "manifest.json": it is no project of Glasshouse',
  ],
  ['a missing record', without('records/1'), 'corrupt', 'The project file lacks "records/1.json"'],
  [
    'a missing chunk',
    without('chunks/'),
    'corrupt',
    /^The project file lacks "chunks\/[0-9a-f]{64}"$/,
  ],
  [
    'another format',
    inManifest((m) => ({ ...m, format: 'other' })),
    'corrupt',
    "The project file has a manifest that isn't one of Glasshouse",
  ],
  [
    'a newer format',
    inManifest((m) => ({ ...m, version: 2, more: true })),
    'newer-version',
    'The project file is of format 2, and this version of Glasshouse reads 1',
  ],
  [
    'a damaged manifest',
    inManifest((m) => ({ ...m, chunks: [{ digest: 'x', size: 1 }] })),
    'corrupt',
    'The project file has a damaged manifest: chunks.0.digest is no SHA-256',
  ],
  [
    'a manifest that is no JSON',
    changed('manifest', (b) => b.fill(120)),
    'corrupt',
    'The project file has an entry "manifest.json" that is no JSON',
  ],
  [
    'a wrong chunk',
    changed('chunks/', (b) => b.fill(120)),
    'corrupt',
    /^The project file has bytes that don't match their digest [0-9a-f]{12}…$/,
  ],
  [
    'a changed record',
    changed('records/0', (b) => (b[b.indexOf(97)] = 98)),
    'corrupt',
    "The project file has a note a that doesn't match its digest",
  ],
  [
    'an entry of no meaning',
    (e) => [...e, { name: 'readme.txt', bytes: asBytes('hi') }],
    'corrupt',
    'The project file has an entry "readme.txt" of no meaning',
  ],
  [
    'a name that points out',
    (e) => [...e, { name: '../../etc/passwd', bytes: asBytes('hi') }],
    'corrupt',
    'The project file has an entry "../../etc/passwd" that points out of it',
  ],
  [
    'an absolute name',
    (e) => [...e, { name: '/etc/passwd', bytes: asBytes('hi') }],
    'corrupt',
    'The project file has an entry "/etc/passwd" that points out of it',
  ],
  [
    'a drive',
    (e) => [...e, { name: 'C:\\x', bytes: asBytes('hi') }],
    'corrupt',
    'The project file has an entry "C:\\\\x" that points out of it',
  ],
  [
    'a folder',
    (e) => [...e, { name: 'records/', bytes: asBytes('') }],
    'corrupt',
    'The project file has a folder "records/", which no project file has',
  ],
  [
    'a bomb',
    (e) => [...e, { name: 'chunks/bomb', bytes: new Uint8Array(5_000_000) }],
    'unsupported',
    /^The project file is too large: 5000000 bytes packed into \d+ in "chunks\/bomb"$/,
  ],
  [
    'an unknown kind',
    inManifest((m) => ({
      ...m,
      records: m.records.map((r) => ({ ...r, kind: 'hologram' })),
    })),
    'newer-version',
    'The project file has a "hologram", which this version of Glasshouse doesn\'t know',
  ],
  [
    'a newer record',
    inManifest((m) => ({
      ...m,
      records: m.records.map((r) => ({ ...r, version: 3 })),
    })),
    'newer-version',
    'note a was written by a newer version of Glasshouse',
  ],
  [
    'a record of another id',
    inManifest((m) => ({
      ...m,
      records: m.records.map((r) => ({ ...r, id: 'z' })),
    })),
    'corrupt',
    'The project file has a note z that is really a of another project',
  ],
  [
    'another project',
    inManifest((m) => ({ ...m, projectId: 'p7' })),
    'corrupt',
    'The project file has a note a that is really a of another project',
  ],
  [
    'no records',
    inManifest((m) => ({ ...m, records: [] })),
    'corrupt',
    'The project file has an entry "records/0.json" of no meaning',
  ],
  [
    'a chunk named twice',
    inManifest((m) => ({
      ...m,
      chunks: [...m.chunks, m.chunks[0]],
    })),
    'corrupt',
    /^The project file names "chunks\/[0-9a-f]{64}" twice$/,
  ],
  [
    'another size',
    inManifest((m) => ({
      ...m,
      chunks: m.chunks.map((c) => ({ ...c, size: 7 })),
    })),
    'corrupt',
    /^The project file has another size of "chunks\/[0-9a-f]{64}" than its manifest says$/,
  ],
])('a file with %s is refused whole, with the reason', async (_, spoil, code, message) => {
  const file = await exampleFile();
  await expectRefused(await zipped(spoil(await unzipped(file))), code, message);
});

test('bytes that nothing names, or that a record names in vain, are refused', async () => {
  const file = await exampleFile();
  const entries = await unzipped(file);
  const digest = entries.find(({ name }) => name.startsWith('chunks/'))?.name.slice(7) ?? '';
  const fewer = inManifest((m) => ({
    ...m,
    chunks: m.chunks.filter((chunk) => chunk.digest !== digest),
  }))(entries).filter(({ name }) => !name.endsWith(digest));
  await expectRefused(
    await zipped(fewer),
    'corrupt',
    new RegExp(`^The project file lacks the bytes ${digest.slice(0, 12)}… of its note [ab]$`),
  );
  const stray = bytesOf('stray');
  const strayDigest = await putChunk(await freshDb(), stray);
  const more = inManifest((m) => ({
    ...m,
    chunks: [...m.chunks, { digest: strayDigest, size: 5 }],
  }))([...entries, { name: `chunks/${strayDigest}`, bytes: new Uint8Array(stray) }]);
  await expectRefused(
    await zipped(more),
    'corrupt',
    `The project file has bytes ${strayDigest.slice(0, 12)}… that nothing names`,
  );
});

test('two entries of one name are refused', async () => {
  const file = await exampleFile();
  const entries = await unzipped(file);
  const bytes = await (
    await zipped([...entries, { name: 'records/9.json', bytes: asBytes('{}') }])
  ).bytes();
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  const renamed = text.replaceAll('records/9.json', 'records/0.json');
  await expectRefused(
    new Blob([Uint8Array.from(renamed, (c) => c.charCodeAt(0))]),
    'corrupt',
    'The project file has two entries "records/0.json"',
  );
});

test('an encrypted file is refused', async () => {
  const zip = new ZipWriter(new BlobWriter(), { useWebWorkers: false, password: 'secret' });
  await zip.add('manifest.json', new TextReader('{}'));
  await expectRefused(await zip.close(), 'unsupported', 'The project file is encrypted');
});

test('wherever it is cut off, a file is refused whole', async () => {
  const file = await exampleFile();
  const db = await freshDb();
  for (let end = 0; end < file.size; end += Math.ceil(file.size / 40)) {
    await expect(importProject(db, file.slice(0, end), { codecs })).rejects.toMatchObject({
      code: 'corrupt',
      message: expect.stringContaining('The project file is cut off, or is no zip') as string,
    });
  }
  expect([await db.count('records'), await db.count('chunks')]).toEqual([0, 0]);
});

test('a changed byte anywhere is noticed, or changes nothing that matters', async () => {
  const bytes = await (await exampleFile()).bytes();
  await fc.assert(
    fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (at, by) => {
      const spoiled = bytes.slice();
      spoiled[at] = (spoiled[at] ?? 0) ^ by;
      const db = await freshDb();
      try {
        await importProject(db, new Blob([spoiled]), { codecs });
      } catch (error) {
        expect(error).toHaveProperty('code');
        expect([await db.count('records'), await db.count('chunks')]).toEqual([0, 0]);
        return;
      }
      const bodies = (await db.getAll('records')).map(({ body }) => body);
      expect(bodies).toMatchObject([{ text: note('a').text }, { text: note('b').text }]);
    }),
    { numRuns: 150 },
  );
});

test.each([
  [{ entries: 4 }, 'The project file is too large: more than 4 entries'],
  [{ totalBytes: 1000 }, 'The project file is too large: more than 1000 bytes'],
  [{ entryBytes: 2000 }, /^The project file is too large: 300000 bytes in "chunks\//],
])('a file beyond the limits %o is refused before it is unpacked', async (limit, message) => {
  const file = await exampleFile();
  const limits = { ...archiveLimits, ...limit };
  const db = await freshDb();
  await expect(importProject(db, file, { codecs, limits })).rejects.toMatchObject({
    code: 'unsupported',
    message: typeof message === 'string' ? message : (expect.stringMatching(message) as string),
  });
});

async function expectRefused(file: Blob, code: string, message: string | RegExp): Promise<void> {
  const db = await freshDb();
  await expect(importProject(db, file, { codecs })).rejects.toMatchObject({
    code,
    message: typeof message === 'string' ? message : (expect.stringMatching(message) as string),
  });
  expect([await db.count('records'), await db.count('chunks')]).toEqual([0, 0]);
}
