import type { BookInfo, SearchOptions, SearchResponse } from '../wasm/browser/lectern_browser.js';
import type { LecternErrorCode } from './errors.js';

/** What the page can ask of the worker: the parameters and the result of each call. */
export interface Calls {
  /** Loads the words below `shelfUrl`, an absolute URL ending in `/`. */
  open: { parameters: { shelfUrl: string }; result: BookInfo };
  /** Loads vectors, graph and encoder. */
  loadMeaning: { parameters: Record<never, never>; result: undefined };
  /** Searches with what is loaded. */
  search: { parameters: { query: string; options?: SearchOptions }; result: SearchResponse };
}

/** The name of a call. */
export type CallName = keyof Calls;

/** A message to the worker; its `id` comes back in every reply to it. */
export type Request = {
  [Name in CallName]: { id: number; call: Name } & Calls[Name]['parameters'];
}[CallName];

/** A message from the worker: any number of `progress`, then one `done` or `failed`. */
export type Reply =
  | { id: number; kind: 'progress'; loaded: number; total: number }
  | { id: number; kind: 'done'; result: Calls[CallName]['result'] }
  | { id: number; kind: 'failed'; code: LecternErrorCode; message: string };

/** The number of bytes loaded so far, and of all that will be. */
export type OnProgress = (loaded: number, total: number) => void;
