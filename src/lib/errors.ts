/** Every way in which the studio says no. The interface decides on the code, never on the message. */
export const errorCodes = [
  'cancelled',
  'bad-data', // a file or a cell that can't be used
  'bad-config', // settings that contradict each other or the data
  'unsupported', // understood, but not something the studio does
  'no-backend',
  'out-of-memory',
  'device-lost',
  'diverged', // the loss became NaN or infinite
  'storage-full',
  'storage-blocked', // IndexedDB is missing, refused or held by another version
  'newer-version', // written by a later studio than this one
  'corrupt', // stored or imported bytes that don't match their digest or shape
  'busy', // another tab holds what is needed
  'not-found',
  'internal',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

/**
 * An error that a person can act on: the message names the thing and the value,
 * e.g. `column "age": row 17 is "n/a", not a number`.
 */
export class StudioError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    // comlink carries only name, message and stack: the code rides in the name.
    this.name = `StudioError:${code}`;
  }
}

/** Gives an error that crossed a worker boundary its class back; anything unknown becomes `internal`. */
export function reviveError(error: unknown): StudioError {
  if (error instanceof StudioError) return error;
  if (!(error instanceof Error)) return new StudioError('internal', String(error));
  const [kind, code] = error.name.split(':');
  if (kind === 'StudioError' && isErrorCode(code))
    return new StudioError(code, error.message, { cause: error });
  if (error.name === 'AbortError')
    return new StudioError('cancelled', error.message, { cause: error });
  if (error.name === 'QuotaExceededError')
    return new StudioError('storage-full', 'The disk space that this browser allows is used up', {
      cause: error,
    });
  return new StudioError('internal', error.message || error.name, { cause: error });
}

export function isErrorCode(code: string | undefined): code is ErrorCode {
  return (errorCodes as readonly (string | undefined)[]).includes(code);
}
