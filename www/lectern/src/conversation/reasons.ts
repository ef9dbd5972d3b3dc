import { LecternError } from '../client/index.js';
import { RelayError } from '../relay/index.js';
import type { Reason, Trouble } from './turn.js';

/** What decides about a reason beside the error. */
export interface Circumstances {
  online: boolean;
  /** Whether somebody was signed in when the relay was asked. */
  signedIn: boolean;
}

/** Why the relay gives no answer, or not all of it, by its error. */
export function reasonOf(error: unknown, { online, signedIn }: Circumstances): Reason {
  if (!(error instanceof RelayError)) return 'unavailable';
  switch (error.code) {
    case 'network':
    case 'timeout':
    case 'cut':
      return online ? 'unreachable' : 'offline';
    case 'not_signed_in':
      return signedIn ? 'expired' : 'signed-out';
    case 'question_long':
      return 'too-long';
    default:
      return error.status === 429 ? 'busy' : 'unavailable';
  }
}

/** Why the engine quotes nothing, by its error. */
export function troubleOf(error: unknown): Trouble {
  switch (error instanceof LecternError ? error.code : undefined) {
    case 'no-wasm':
    case 'no-worker':
      return 'no-engine';
    case 'network':
    case 'shelf-missing':
      return 'no-index';
    case 'query-long':
      return 'too-long';
    default:
      return 'other';
  }
}
