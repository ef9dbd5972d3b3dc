import type { Source as RelaySource } from '../relay/index.js';

/** What a question is about: the book, the page that is read, or a text that was selected on one. */
export type Scope =
  | { kind: 'book' }
  | { kind: 'page'; page: string }
  | { kind: 'selection'; page: string; text: string };

/** The scope of questions that nothing else is said of. */
export const BOOK: Scope = Object.freeze({ kind: 'book' });

/** A passage that an answer cites by its number. */
export interface Source extends RelaySource {
  /** The passage itself, where it is known already. */
  text?: string;
}

/** A sentence of the book, or code, and the number of its source. */
export interface Quote {
  number: number;
  text: string;
  code: boolean;
}

/** An answer by quotations, whose numbers count its own sources. */
export interface Quoted {
  quotes: Quote[];
  sources: Source[];
}

/**
 * How far an answer has come. `stopped` by the reader, `cut` by the network or the relay: what came by then stays.
 * `failed` has nothing to show.
 */
export type TurnState = 'waiting' | 'writing' | 'done' | 'stopped' | 'cut' | 'failed';

/** Why an answer is not written, or not to its end. */
export type Reason =
  | 'no-relay'
  | 'offline'
  | 'unreachable'
  | 'signed-out'
  | 'expired'
  | 'busy'
  | 'unavailable'
  | 'refused'
  | 'too-long';

/** Why nothing can be quoted: no engine in this browser, no index from this site, or something else. */
export type Trouble = 'no-engine' | 'no-index' | 'too-long' | 'other';

/** What a reader thinks of an answer. */
export type Rating = 'up' | 'down';

/** A question and what has come of it; a new object for every change. */
export interface Turn {
  readonly id: string;
  readonly question: string;
  readonly scope: Scope;
  readonly state: TurnState;
  /** The answer as it is written, in Markdown with `[n]` as citations. */
  readonly text: string;
  /** What `text` cites. */
  readonly sources: Source[];
  /** Hash of the book that `sources` are of. */
  readonly book?: string;
  /** Whether the relay has another edition of the book than this page. */
  readonly otherBook?: boolean;
  /** Id under which the relay knows the answer. */
  readonly message?: string;
  /** Whether `text` was put together by the relay without a model. */
  readonly extractive?: boolean;
  /** The sentences that were quoted in place of a written answer. */
  readonly quoted?: Quoted;
  readonly why?: Reason;
  /** Seconds after which asking again makes sense. */
  readonly retryAfter?: number;
  readonly trouble?: Trouble;
  readonly rating?: Rating;
}

/** A question that waits for its answer. */
export function newTurn(question: string, scope: Scope): Turn {
  return { id: newId(), question, scope, state: 'waiting', text: '', sources: [] };
}

/** Whether something is still to come. */
export function isUnderWay({ state }: Turn): boolean {
  return state === 'waiting' || state === 'writing';
}

/** An id; later ones are greater. */
export function newId(): string {
  const random = Math.random().toString(36).slice(2, 8).padEnd(6, '0');
  return `${Date.now().toString(36)}-${random}`;
}
