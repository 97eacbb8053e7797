/** Every kind of record that a project has. */
import { dataSetCodec } from '../src/data/data-set-codec.ts';
import { profileCodec } from '../src/data/profile-codec.ts';
import { modelVersionCodec } from '../src/registry/model-version-codec.ts';
import { projectCodec } from '../src/registry/project-codec.ts';
import type { PortableCodec } from '../src/storage/records.ts';
import { runCodec } from '../src/training/run-codec.ts';

/** For reading project files; a record goes only to the codec of its own kind. */
export const projectCodecs = [
  projectCodec,
  dataSetCodec,
  profileCodec,
  runCodec,
  modelVersionCodec,
] as unknown as readonly PortableCodec<unknown>[];
