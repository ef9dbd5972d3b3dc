import type { Engine, SearchOptions, SearchResponse } from '../wasm/browser/lectern_browser.js';
import { LecternError, superseded } from './errors.js';
import type { Answer, OnPartial } from './protocol.js';
import { fetchRounds } from './rounds.js';

/** What an answer needs of the engine. */
export type Searching = Pick<Engine, 'isReady' | 'prepare' | 'search' | 'retry'>;

/** A query, and who waits for its answer. */
export interface Question {
  query: string;
  options?: SearchOptions;
  /** Called before the network is waited for, with what can be answered by then, if anything. */
  onPartial: OnPartial;
  /** False once a newer question has come. */
  wanted(): boolean;
}

/**
 * Answers a query: at once where nothing is to be fetched, else with what is here, round by round. What
 * cannot be fetched is done without; when nothing is found then, the reason is thrown.
 */
export async function answer(
  engine: Searching,
  { query, options, onPartial, wanted }: Question,
): Promise<Answer> {
  const partial = () => found(() => engine.search(query, options), options);
  engine.retry();
  const failure = await fetchRounds({
    isReady: () => engine.isReady(query, options),
    prepare: () => engine.prepare(query, options),
    before: () => onPartial(partial()),
    after: () => {
      if (!wanted()) throw superseded();
    },
  });
  const response = failure ? partial() : engine.search(query, options);
  if (response) return { response, failure };
  throw new LecternError(failure!.code, failure!.message);
}

/** An answer with hits. A mode that demands meaning has none before the query could be read. */
function found(search: () => SearchResponse, options?: SearchOptions): SearchResponse | undefined {
  try {
    const response = search();
    return response.pages.length > 0 ? response : undefined;
  } catch (cause) {
    if (options?.mode === 'meaning' || options?.mode === 'hybrid') return undefined;
    throw cause;
  }
}
