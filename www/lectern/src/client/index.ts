/** Searching a book from any page: see the README for how. */
export { createClient, LecternClient, savesData, type ClientOptions } from './client.js';
export type { WorkerFactory, WorkerLike } from './connection.js';
export { isSuperseded, LecternError, type LecternErrorCode } from './errors.js';
export type { AnswerScope, QuotedAnswer } from './protocol.js';
export type { LecternState, Stage } from './state.js';
export type {
  BookInfo,
  Encoder,
  Explain,
  Hit,
  PageHits,
  PassageText,
  Quote,
  SearchMode,
  SearchOptions,
  SearchResponse,
  Snippet,
} from '../wasm/browser/lectern_browser.js';
