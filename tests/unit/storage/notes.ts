/** A small kind of record for storage's own tests: storage knows no real one. */
import 'fake-indexeddb/auto';
import * as v from 'valibot';
import { rebasedId } from '../../../src/lib/rebased-id.ts';
import { openStudioDb } from '../../../src/storage/db.ts';

export interface Note {
  id: string;
  projectId: string;
  createdAt: number;
  text: string;
  chunks: string[];
  extra?: unknown;
}

const noteSchema: v.GenericSchema<unknown, Note> = v.object({
  id: v.string(),
  projectId: v.string(),
  createdAt: v.number(),
  text: v.string(),
  chunks: v.array(v.string()),
  extra: v.exactOptional(v.unknown()),
});

export const noteCodec = {
  kind: 'note',
  version: 2,
  id: (note: Note) => note.id,
  projectId: (note: Note) => note.projectId,
  createdAt: (note: Note) => note.createdAt,
  chunks: (note: Note) => note.chunks,
  /** In version 1 the text was called `body`. */
  decode: (body: unknown, version: number): Note => {
    if (version > 1) return v.parse(noteSchema, body);
    const { body: text, ...rest } = v.parse(v.looseObject({ body: v.string() }), body);
    return v.parse(noteSchema, { ...rest, text });
  },
  withProject: (note: Note, projectId: string): Note => ({
    ...note,
    id: rebasedId(note.id, projectId),
    projectId,
  }),
};

let made = 0;
export const freshDb = () => openStudioDb(`test ${made++}`);

export function note(id: string, changes: Partial<Note> = {}): Note {
  return { id, projectId: 'p1', createdAt: 1, text: `this is ${id}`, chunks: [], ...changes };
}

export function bytesOf(text: string): ArrayBuffer {
  return new TextEncoder().encode(text).buffer;
}
