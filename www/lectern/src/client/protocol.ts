import type {
  BookInfo,
  Encoder,
  PassageText,
  Quote,
  SearchOptions,
  SearchResponse,
} from '../wasm/browser/lectern_browser.js';
import type { LecternErrorCode } from './errors.js';

/** What the page can ask of the worker: the parameters and the result of each call. */
export interface Calls {
  /** Loads an engine, which a worker can do once, and the words below `shelfUrl`, an absolute URL ending in `/`. */
  open: { parameters: { shelfUrl: string; engine: EngineName }; result: BookInfo };
  /** Loads what search by meaning with this encoder needs; `relayUrl` is absolute. */
  loadMeaning: { parameters: { encoder: MeaningEncoder; relayUrl?: string }; result: Loaded };
  /** Searches with what is loaded. */
  search: { parameters: { query: string; options?: SearchOptions }; result: Answer };
  /** Answers a question by quotations. */
  answer: { parameters: { question: string; scope?: AnswerScope }; result: Answered };
  /** Passages by their numbers. */
  passages: { parameters: { passages: number[] }; result: Passages };
  /** The headings of a page, a URL below the base URL, that say best what can be asked of it. */
  starters: { parameters: { page: string }; result: Starters };
}

/** What an answer may quote: a page, or what is around a text that was selected there. */
export interface AnswerScope {
  /** Address of the page below the site's base URL. */
  page?: string;
  /** The text that was selected. */
  text?: string;
}

/** An answer made of quotations, without a language model. */
export interface QuotedAnswer {
  /** The sentences that answer best, in the order of the sources; none where nothing fits. */
  quotes: Quote[];
  /** The passages that were asked, the best first, of a selection in reading order: `number` 1 is the first. */
  sources: PassageText[];
}

/** The engine for books in English, and the larger one for books in any language. */
export type EngineName = 'english' | 'all';

/** An encoder that reads a query by meaning. */
export type MeaningEncoder = Exclude<Encoder, 'none'>;

/** What there is after loading. */
export interface Loaded {
  /** The encoder in use: the best that is loaded. */
  encoder: Encoder;
  info: BookInfo;
  /** Why the encoder that was asked for is not there; what has come of it may have been kept. */
  failure?: Failure;
}

/** What came of a call beside its result. */
export interface Outcome {
  /** Why the result is not as good as the index: a part that could not be fetched. */
  failure?: Failure;
  /** What there is after the index was opened anew, because the site has a newer one. */
  reopened?: Loaded;
}

/** What came of a search. */
export interface Answer extends Outcome {
  response: SearchResponse;
}

/** What came of a question. */
export interface Answered extends Outcome {
  answer: QuotedAnswer;
}

/** What came of asking for passages. */
export interface Passages extends Outcome {
  passages: PassageText[];
}

/** What came of asking for a page's starters. */
export interface Starters extends Outcome {
  starters: string[];
}

/** An error in a form that can be sent. */
export interface Failure {
  code: LecternErrorCode;
  message: string;
}

/** The name of a call. */
export type CallName = keyof Calls;

/** A message to the worker; its `id` comes back in every reply to it. */
export type Request = {
  [Name in CallName]: { id: number; call: Name } & Calls[Name]['parameters'];
}[CallName];

/**
 * A message from the worker: any number of `progress`, for a search that waits for the network a
 * `partial` with what can be answered meanwhile for each round, then one `done` or `failed`.
 */
export type Reply =
  | { id: number; kind: 'progress'; loaded: number; total: number }
  | { id: number; kind: 'partial'; response?: SearchResponse }
  | { id: number; kind: 'done'; result: Calls[CallName]['result'] }
  | ({ id: number; kind: 'failed' } & Failure);

/** Takes what a call says before it is done. */
export interface Meanwhile {
  onProgress?: OnProgress;
  onPartial?: OnPartial;
}

/** The number of bytes loaded so far, and of all that will be. */
export type OnProgress = (loaded: number, total: number) => void;

/** Takes what can be answered, if anything, while the rest of an answer is fetched. */
export type OnPartial = (response?: SearchResponse) => void;
