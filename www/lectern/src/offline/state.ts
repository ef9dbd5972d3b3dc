import type { Progress } from './download.js';
import type { OfflineErrorCode, Space } from './errors.js';
import type { Choice, Sizes } from './list.js';

/**
 * What becomes of the copy: `fetching`, `paused` and `failed` are said of the newest deployment, while an older
 * copy may be in use.
 */
export type OfflineStatus =
  'unknown' | 'unsupported' | 'off' | 'fetching' | 'paused' | 'failed' | 'kept';

/** The copy of a site as a reader sees it; a new object for every change. */
export interface OfflineState {
  readonly status: OfflineStatus;
  /** What the reader wants to have. */
  readonly choice: Choice;
  /** What the parts take, once that is known. */
  readonly sizes?: Sizes;
  /** The copy in use. */
  readonly kept?: Kept;
  /** How far a download has come, or had come when it stopped. */
  readonly progress?: Progress;
  /** True when the site is newer than the copy. */
  readonly stale?: boolean;
  readonly error?: Failure;
}

/** A copy in use. */
export interface Kept {
  version: string;
  choice: Choice;
  date: number;
  bytes: number;
}

/** Why a download stopped. */
export interface Failure {
  code: OfflineErrorCode;
  space?: Space;
}

/** What is offered to readers who have chosen nothing. */
export const DEFAULT_CHOICE: Choice = { pages: true, precise: false };

/** Before anything was looked up. */
export const UNKNOWN: OfflineState = { status: 'unknown', choice: DEFAULT_CHOICE };
