import type { ErrorCode } from '../wasm/browser/lectern_browser.js';
import type { Failure } from './protocol.js';

/** What can go wrong, by a name that stays the same between versions: the engine's codes and the client's. */
export type LecternErrorCode =
  ErrorCode | 'no-wasm' | 'no-worker' | 'worker-failed' | 'superseded' | 'closed';

/** An error whose message says what to do and whose `code` a program can rely on. */
export class LecternError extends Error {
  override readonly name = 'LecternError';

  constructor(
    readonly code: LecternErrorCode,
    message: string,
  ) {
    super(message);
  }
}

/** The error of a search that a newer one replaced: nothing to show, nothing went wrong. */
export function superseded(): LecternError {
  return new LecternError('superseded', 'A newer search replaced this one.');
}

/** True for the error of a search that a newer one replaced. */
export function isSuperseded(error: unknown): boolean {
  return error instanceof LecternError && error.code === 'superseded';
}

/** Any thrown value as a `LecternError`; one without a code becomes `fallback`. */
export function toLecternError(error: unknown, fallback: LecternErrorCode): LecternError {
  if (error instanceof LecternError) return error;
  const { code, message } = error as { code?: unknown; message?: unknown };
  const text = typeof message === 'string' ? message : String(error);
  return new LecternError(typeof code === 'string' ? (code as LecternErrorCode) : fallback, text);
}

/** An error of the engine in a form that can be sent. What has no code is no such error, and is thrown. */
export function failureOf(cause: unknown): Failure {
  const { code, message } = toLecternError(cause, 'worker-failed');
  if (code === 'worker-failed') throw cause;
  return { code, message };
}
