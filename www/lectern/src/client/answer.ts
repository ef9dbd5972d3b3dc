import type { Engine, SearchOptions, SearchResponse } from '../wasm/browser/lectern_browser.js';
import { failureOf, LecternError, superseded } from './errors.js';
import type { Answer, Failure, OnPartial } from './protocol.js';

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

/** Rounds of fetching: a query needs three, a misspelt one five. */
const ROUNDS = 5;

/**
 * Answers a query: at once where nothing is to be fetched, else with what is here, round by round. What
 * cannot be fetched is done without; when nothing is found then, the reason is thrown.
 */
export async function answer(
  engine: Searching,
  { query, options, onPartial, wanted }: Question,
): Promise<Answer> {
  const partial = () => found(() => engine.search(query, options), options);
  let failure: Failure | undefined;
  engine.retry();
  for (let round = 0; round < ROUNDS && !engine.isReady(query, options); round += 1) {
    onPartial(partial());
    try {
      const trouble: unknown = await engine.prepare(query, options);
      if (trouble) failure ??= failureOf(trouble);
    } catch (cause) {
      failure ??= failureOf(cause);
      if (failure.code === 'shelf-changed') throw cause;
      break;
    }
    if (!wanted()) throw superseded();
  }
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
