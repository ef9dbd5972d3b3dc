import type { BookInfo, Encoder } from '../wasm/browser/lectern_browser.js';
import { Store } from '../state/store.js';
import type { LecternError } from './errors.js';

/**
 * How far a client has come: it searches from `words` on, and better from `meaning` on. While a better
 * encoder loads, the stage is `loading-meaning` again and the one in use goes on.
 */
export type Stage = 'idle' | 'loading-words' | 'words' | 'loading-meaning' | 'meaning' | 'failed';

/** What a client is doing; a new object for every change. */
export interface LecternState {
  readonly stage: Stage;
  /** The encoder in use: `none` while only words are searched. */
  readonly encoder: Encoder;
  /** Bytes loaded of the part that is loading. */
  readonly loaded: number;
  /** Bytes of the part that is loading, 0 while unknown. */
  readonly total: number;
  /** The book, once its words are loaded. */
  readonly info?: BookInfo;
  /** Why nothing works (`failed`), or what could not be loaded while the search goes on with what it has. */
  readonly error?: LecternError;
}

/** The state before anything was asked for. */
export const IDLE: LecternState = Object.freeze({
  stage: 'idle',
  encoder: 'none',
  loaded: 0,
  total: 0,
});

/** Holds the state and tells listeners of changes. */
export class StateStore extends Store<LecternState> {
  constructor() {
    super(IDLE);
  }

  /** Replaces parts of the state. */
  update(change: Partial<LecternState>): void {
    this.set(Object.freeze({ ...this.getSnapshot(), ...change }));
  }
}
