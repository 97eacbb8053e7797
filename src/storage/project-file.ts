/**
 * A project as one file: its records as JSON and its bytes by digest, in a zip with a manifest. Knows no
 * kind of record by name; owners' codecs check what comes in. Nothing is half imported: bytes are
 * written first, each verified, and all records in one transaction at the end.
 */
import { sha256 } from '../lib/digest.ts';
import { StudioError } from '../lib/errors.ts';
import { ArchiveReader, ArchiveWriter, corrupt, type ArchiveLimits } from './archive.ts';
import { collectChunks, getChunk, hasChunk, putChunk } from './chunks.ts';
import type { StoredRecord, StudioDb } from './db.ts';
import { whileInUse, whileUnused } from './locks.ts';
import { decodePlain, encodePlain } from './plain-json.ts';
import {
  chunkName,
  manifestName,
  parseManifest,
  projectFileFormat,
  projectFileVersion,
  recordName,
  type Manifest,
} from './project-manifest.ts';
import {
  decodeRecord,
  encodeRecord,
  projectRecords,
  putRecords,
  type PortableCodec,
} from './records.ts';

export interface ExportOptions {
  /** Of the file, in ms since 1970. */
  createdAt: number;
  /** Share of the bytes that are in the file, 0 to 1. */
  onProgress?: ((share: number) => void) | undefined;
}

/**
 * Everything that a project has; the same project and time give the same bytes.
 * @throws StudioError `not-found`, `corrupt` where stored bytes aren't what their digest says
 */
export async function exportProject(
  db: StudioDb,
  projectId: string,
  { createdAt, onProgress }: ExportOptions,
): Promise<Blob> {
  return whileInUse(async () => {
    const records = await projectRecords(db, projectId);
    if (records.length === 0) throw new StudioError('not-found', `No project ${projectId}`);
    const digests = [...new Set(records.flatMap(({ chunks }) => chunks))].sort();
    const zip = new ArchiveWriter();
    const manifest: Manifest = {
      format: projectFileFormat,
      version: projectFileVersion,
      createdAt,
      projectId,
      records: [],
      chunks: [],
    };
    for (const [i, { kind, id, version, body }] of records.entries()) {
      const bytes = new TextEncoder().encode(encodePlain(body));
      await zip.add(recordName(i), bytes);
      manifest.records.push({ kind, id, version, sha256: await sha256(bytes) });
    }
    for (const [i, digest] of digests.entries()) {
      const bytes = await getChunk(db, digest);
      if ((await sha256(bytes)) !== digest)
        throw new StudioError('corrupt', `Stored bytes ${digest.slice(0, 12)}… are damaged`);
      await zip.add(chunkName(digest), new Uint8Array(bytes));
      manifest.chunks.push({ digest, size: bytes.byteLength });
      onProgress?.((i + 1) / digests.length);
    }
    await zip.add(manifestName, new TextEncoder().encode(encodePlain(manifest)));
    return zip.close();
  });
}

export interface ImportOptions {
  /** One for each kind of record that a project may have. */
  codecs: readonly PortableCodec<unknown>[];
  limits?: ArchiveLimits;
  /** Share of the bytes that are stored, 0 to 1. */
  onProgress?: ((share: number) => void) | undefined;
}

/**
 * Makes the file's project, under its own id where that is free and under a new one where it isn't.
 * @returns the project's id
 * @throws StudioError `corrupt`, `unsupported`, `newer-version`, `storage-full`; then nothing was imported
 */
export async function importProject(
  db: StudioDb,
  file: Blob,
  { codecs, limits, onProgress }: ImportOptions,
): Promise<string> {
  const archive = await ArchiveReader.open(file, limits);
  const written: string[] = [];
  try {
    return await whileInUse(async () => {
      const manifest = await readManifest(archive);
      const { projectId, records } = await placeRecords(
        db,
        manifest,
        codecs,
        await readRecords(archive, manifest, codecs),
      );
      const total = manifest.chunks.reduce((sum, { size }) => sum + size, 0);
      let stored = 0;
      for (const { digest, size } of manifest.chunks) {
        const bytes = await archive.read(chunkName(digest));
        if ((await sha256(bytes)) !== digest)
          throw corrupt(`has bytes that don't match their digest ${digest.slice(0, 12)}…`);
        if (!(await hasChunk(db, digest))) {
          await putChunk(db, bytes.buffer);
          written.push(digest);
        }
        stored += size;
        onProgress?.(stored / total);
      }
      await putRecords(db, records);
      return projectId;
    });
  } catch (error) {
    await whileUnused(() => collectChunks(db, written));
    throw error;
  } finally {
    await archive.close();
  }
}

async function readManifest(archive: ArchiveReader): Promise<Manifest> {
  if (archive.size(manifestName) === undefined)
    throw corrupt(`lacks "${manifestName}": it is no project of Glasshouse`);
  const manifest = parseManifest(await archive.read(manifestName));
  const expected = new Set([manifestName]);
  const expect = (name: string) => {
    if (expected.has(name)) throw corrupt(`names "${name}" twice`);
    if (archive.size(name) === undefined) throw corrupt(`lacks "${name}"`);
    expected.add(name);
  };
  manifest.records.forEach((_, i) => expect(recordName(i)));
  for (const { digest, size } of manifest.chunks) {
    expect(chunkName(digest));
    if (archive.size(chunkName(digest)) !== size)
      throw corrupt(`has another size of "${chunkName(digest)}" than its manifest says`);
  }
  const stray = archive.names.find((name) => !expected.has(name));
  if (stray !== undefined) throw corrupt(`has an entry ${JSON.stringify(stray)} of no meaning`);
  return manifest;
}

/** The values of all records, checked by their owners and against the manifest. */
async function readRecords(
  archive: ArchiveReader,
  manifest: Manifest,
  codecs: readonly PortableCodec<unknown>[],
): Promise<unknown[]> {
  const packed = new Set(manifest.chunks.map(({ digest }) => digest));
  const unused = new Set(packed);
  const values: unknown[] = [];
  const keys = new Set<string>();
  if (manifest.records.length === 0) throw corrupt('has no records');
  for (const [i, { kind, id, version, sha256: digest }] of manifest.records.entries()) {
    const bytes = await archive.read(recordName(i));
    if ((await sha256(bytes)) !== digest)
      throw corrupt(`has a ${kind} ${id} that doesn't match its digest`);
    if (keys.size === keys.add(JSON.stringify([kind, id])).size)
      throw corrupt(`has two records of ${kind} ${id}`);
    const codec = codecOf(codecs, kind);
    const value = decodeRecord(codec, { id, version, body: parse(bytes, recordName(i)) });
    const record = encodeRecord(codec, value);
    if (record.id !== id || record.projectId !== manifest.projectId)
      throw corrupt(`has a ${kind} ${id} that is really ${record.id} of another project`);
    for (const chunk of record.chunks) {
      if (!packed.has(chunk))
        throw corrupt(`lacks the bytes ${chunk.slice(0, 12)}… of its ${kind} ${id}`);
      unused.delete(chunk);
    }
    values.push(value);
  }
  const [stray] = unused;
  if (stray !== undefined) throw corrupt(`has bytes ${stray.slice(0, 12)}… that nothing names`);
  return values;
}

/** The records as they will be stored: as they are, or all moved to a new project where one is there already. */
async function placeRecords(
  db: StudioDb,
  manifest: Manifest,
  codecs: readonly PortableCodec<unknown>[],
  values: readonly unknown[],
): Promise<{ projectId: string; records: StoredRecord[] }> {
  const encode = (move: (codec: PortableCodec<unknown>, value: unknown) => unknown) =>
    values.map((value, i) => {
      const codec = codecOf(codecs, manifest.records[i]?.kind ?? '');
      return encodeRecord(codec, move(codec, value));
    });
  const asTheyAre = encode((_, value) => value);
  const isFree =
    (await projectRecords(db, manifest.projectId)).length === 0 &&
    (await findTaken(db, asTheyAre)) === undefined;
  if (isFree) return { projectId: manifest.projectId, records: asTheyAre };
  const projectId = crypto.randomUUID();
  const records = encode((codec, value) => codec.withProject(value, projectId));
  const taken =
    (await findTaken(db, records)) ?? records.find((record) => record.projectId !== projectId);
  if (taken) throw corrupt(`has a ${taken.kind} ${taken.id} that is here already`);
  return { projectId, records };
}

async function findTaken(
  db: StudioDb,
  records: readonly StoredRecord[],
): Promise<StoredRecord | undefined> {
  for (const record of records)
    if ((await db.getKey('records', [record.kind, record.id])) !== undefined) return record;
  return undefined;
}

function codecOf(codecs: readonly PortableCodec<unknown>[], kind: string): PortableCodec<unknown> {
  const codec = codecs.find((candidate) => candidate.kind === kind);
  if (codec) return codec;
  throw new StudioError(
    'newer-version',
    `The project file has a ${JSON.stringify(kind)}, which this version of Glasshouse doesn't know`,
  );
}

function parse(bytes: Uint8Array<ArrayBuffer>, name: string): unknown {
  try {
    return decodePlain(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw corrupt(`has an entry "${name}" that is no JSON`, error);
  }
}
