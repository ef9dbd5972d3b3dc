/** What can keep a copy from being made, by a name that the interface words. */
export type OfflineErrorCode =
  'network' | 'no-space' | 'missing' | 'changed' | 'not-built' | 'no-worker' | 'storage';

/** Why a copy could not be made. */
export class OfflineError extends Error {
  override readonly name = 'OfflineError';

  constructor(
    readonly code: OfflineErrorCode,
    /** For `no-space`, in bytes. */
    readonly space?: Space,
    cause?: unknown,
  ) {
    super(code, { cause });
  }
}

/** How much room is needed, and how much there is. */
export interface Space {
  needed: number;
  /** Missing where the browser does not say, or says more than it gives. */
  free?: number;
}

/** Any thrown value as an error of a copy; what has no name of its own is the storage's failure. */
export function toOfflineError(cause: unknown): OfflineError {
  return cause instanceof OfflineError ? cause : new OfflineError('storage', undefined, cause);
}

/** True for the error of a storage that is full. */
export function isFull(cause: unknown): boolean {
  return cause instanceof DOMException && cause.name === 'QuotaExceededError';
}
