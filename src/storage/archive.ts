/**
 * The zip around a project file: written so that the same content gives the same bytes, read as what it is,
 * somebody's file. Not here: what the entries mean (project-file.ts).
 */
import {
  BlobReader,
  BlobWriter,
  Uint8ArrayReader,
  ZipReader,
  ZipWriter,
  type FileEntry,
} from '@zip.js/zip.js';
import { StudioError } from '../lib/errors.ts';

/** What a project file may hold at most; the writer keeps to them too. */
export interface ArchiveLimits {
  entries: number;
  /** Bytes of all entries, unpacked. */
  totalBytes: number;
  entryBytes: number;
  /** Unpacked bytes for each packed one: what packs better is stored as it is. */
  ratio: number;
}

export const archiveLimits: ArchiveLimits = {
  entries: 200_000,
  totalBytes: 16 * 2 ** 30,
  entryBytes: 2 ** 30,
  ratio: 100,
};

export class ArchiveWriter {
  readonly #zip = new ZipWriter(new BlobWriter('application/zip'), { useWebWorkers: false });

  /** Deflated where that makes it smaller, within the ratio that a reader accepts. */
  async add(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    if (bytes.length > archiveLimits.entryBytes)
      throw new StudioError(
        'unsupported',
        `${name} has ${bytes.length} bytes, too many for a file`,
      );
    const deflated = await through(bytes, new CompressionStream('deflate-raw'));
    const isSmaller =
      deflated.length < bytes.length && bytes.length <= deflated.length * archiveLimits.ratio;
    await this.#zip.add(name, new Uint8ArrayReader(isSmaller ? deflated : bytes), {
      passThrough: true,
      compressionMethod: isSmaller ? 8 : 0,
      uncompressedSize: bytes.length,
      crc32: crc32(bytes),
      // Nothing of when and where it was made, so that equal content gives equal files.
      lastModDate: new Date(1980, 0, 1),
      extendedTimestamp: false,
      dataDescriptor: false,
    });
  }

  close(): Promise<Blob> {
    return this.#zip.close();
  }
}

export class ArchiveReader {
  readonly #zip: ZipReader<Blob>;
  readonly #entries: ReadonlyMap<string, FileEntry>;

  private constructor(zip: ZipReader<Blob>, entries: ReadonlyMap<string, FileEntry>) {
    this.#zip = zip;
    this.#entries = entries;
  }

  /** @throws StudioError `corrupt` for what is no sound zip, `unsupported` for what is beyond the limits */
  static async open(file: Blob, limits: ArchiveLimits = archiveLimits): Promise<ArchiveReader> {
    const zip = new ZipReader(new BlobReader(file), {
      useWebWorkers: false,
      maxAppendedDataSize: 0,
      filenameValidation: 'tolerant', // named below, with what is wrong
    });
    const entries = new Map<string, FileEntry>();
    let total = 0;
    try {
      for await (const entry of zip.getEntriesGenerator()) {
        if (entries.size === limits.entries) throw tooLarge(`more than ${limits.entries} entries`);
        total += entry.uncompressedSize;
        if (total > limits.totalBytes) throw tooLarge(`more than ${limits.totalBytes} bytes`);
        entries.set(entry.filename, checkEntry(entry, entries, limits));
      }
    } catch (error) {
      throw readingError(error, 'is cut off, or is no zip');
    }
    return new ArchiveReader(zip, entries);
  }

  get names(): readonly string[] {
    return [...this.#entries.keys()];
  }

  /** Bytes of an entry when unpacked, as its header says; undefined where there is no such entry. */
  size(name: string): number | undefined {
    return this.#entries.get(name)?.uncompressedSize;
  }

  /** @throws StudioError `corrupt`, also where there is more or less than the header says */
  async read(name: string): Promise<Uint8Array<ArrayBuffer>> {
    const entry = this.#entries.get(name);
    if (!entry) throw corrupt(`lacks "${name}"`);
    const parts: Uint8Array<ArrayBuffer>[] = [];
    let size = 0;
    const collect = new WritableStream<Uint8Array<ArrayBuffer>>({
      write(part) {
        size += part.length;
        if (size > entry.uncompressedSize) throw corrupt(`says "${name}" is smaller than it is`);
        parts.push(part.slice());
      },
    });
    try {
      await entry.getData(collect, { strictness: 'strict', checkOverlappingEntry: true });
    } catch (error) {
      throw readingError(error, `has a damaged entry "${name}"`);
    }
    if (size !== entry.uncompressedSize) throw corrupt(`says "${name}" is larger than it is`);
    return new Uint8Array(await new Blob(parts).arrayBuffer());
  }

  close(): Promise<void> {
    return this.#zip.close();
  }
}

function checkEntry(
  entry: FileEntry | { directory: true; filename: string },
  entries: ReadonlyMap<string, FileEntry>,
  limits: ArchiveLimits,
): FileEntry {
  const name = JSON.stringify(entry.filename);
  if (/(^|[/\\])\.\.([/\\]|$)|^[/\\]|^[a-z]:/i.test(entry.filename))
    throw corrupt(`has an entry ${name} that points out of it`);
  if (entry.directory) throw corrupt(`has a folder ${name}, which no project file has`);
  if (entries.has(entry.filename)) throw corrupt(`has two entries ${name}`);
  if (entry.encrypted) throw new StudioError('unsupported', `The project file is encrypted`);
  if (entry.uncompressedSize > limits.entryBytes)
    throw tooLarge(`${entry.uncompressedSize} bytes in ${name}`);
  if (entry.uncompressedSize > entry.compressedSize * limits.ratio)
    throw tooLarge(
      `${entry.uncompressedSize} bytes packed into ${entry.compressedSize} in ${name}`,
    );
  return entry;
}

export function corrupt(what: string, cause?: unknown): StudioError {
  return new StudioError('corrupt', `The project file ${what}`, { cause });
}

function tooLarge(what: string): StudioError {
  return new StudioError('unsupported', `The project file is too large: ${what}`);
}

function readingError(error: unknown, what: string): StudioError {
  if (error instanceof StudioError) return error;
  const detail = error instanceof Error ? error.message : String(error);
  return corrupt(`${what} (${detail})`, error);
}

async function through(
  bytes: Uint8Array<ArrayBuffer>,
  stream: CompressionStream,
): Promise<Uint8Array<ArrayBuffer>> {
  const packed = new Blob([bytes]).stream().pipeThrough(stream);
  return new Uint8Array(await new Response(packed).arrayBuffer());
}

/** Of ISO 3309, as zip has it: reflected, polynomial 0xEDB88320. */
function crc32(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) crc = (crc >>> 8) ^ (crcTable[(crc ^ byte) & 0xff] ?? 0);
  return (crc ^ -1) >>> 0;
}

const crcTable = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  return crc;
});
