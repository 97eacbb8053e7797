/** What is in a project file, and under which names. */
import * as v from 'valibot';
import { StudioError } from '../lib/errors.ts';
import { corrupt } from './archive.ts';
import { decodePlain } from './plain-json.ts';

export const projectFileFormat = 'glasshouse-project';
export const projectFileVersion = 1;
export const manifestName = 'manifest.json';
export const recordName = (index: number) => `records/${index}.json`;
export const chunkName = (digest: string) => `chunks/${digest}`;

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const digest = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, 'is no SHA-256'));

const manifestSchema = v.object({
  format: v.literal(projectFileFormat),
  version: v.literal(projectFileVersion),
  createdAt: v.number(),
  projectId: v.pipe(v.string(), v.nonEmpty()),
  records: v.array(v.object({ kind: v.string(), id: v.string(), version: count, sha256: digest })),
  chunks: v.array(v.object({ digest, size: count })),
});

export type Manifest = v.InferOutput<typeof manifestSchema>;

/** @throws StudioError `corrupt`, `newer-version` */
export function parseManifest(bytes: Uint8Array<ArrayBuffer>): Manifest {
  let body: unknown;
  try {
    body = decodePlain(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw corrupt(`has an entry "${manifestName}" that is no JSON`, error);
  }
  const head = v.safeParse(v.object({ format: v.string(), version: count }), body);
  if (!head.success || head.output.format !== projectFileFormat)
    throw corrupt(`has a manifest that isn't one of Glasshouse`);
  if (head.output.version > projectFileVersion)
    throw new StudioError(
      'newer-version',
      `The project file is of format ${head.output.version}, and this version of Glasshouse reads ${projectFileVersion}`,
    );
  const parsed = v.safeParse(manifestSchema, body);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  throw corrupt(`has a damaged manifest: ${v.getDotPath(issue) ?? ''} ${issue.message}`);
}
