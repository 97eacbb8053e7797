/** A checkpoint that couldn't be stored. The run's last good state must outlive that: the bytes come back with it. */
import { StudioError } from '../lib/errors.ts';

export class CheckpointNotStored extends StudioError {
  readonly bytes: ArrayBuffer;

  constructor(cause: StudioError, bytes: ArrayBuffer) {
    super(cause.code, cause.message, { cause });
    this.bytes = bytes;
  }
}
