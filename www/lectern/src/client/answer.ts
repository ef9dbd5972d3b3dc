import type { Engine, SearchOptions } from '../wasm/browser/lectern_browser.js';
import { failureOf, superseded } from './errors.js';
import type { Answer, OnPartial } from './protocol.js';

/** What an answer needs of the engine. */
export type Searching = Pick<Engine, 'encoder' | 'isReady' | 'prepare' | 'search'>;

/** A query, and who waits for its answer. */
export interface Question {
  query: string;
  options?: SearchOptions;
  /** Called at most once, before the network is waited for. */
  onPartial: OnPartial;
  /** False once a newer question has come. */
  wanted(): boolean;
}

/**
 * Answers a query: at once where nothing is to be fetched, else by words first and again when the
 * query can be read by meaning. When that fails, the answer by words stands. A mode that demands
 * meaning has no answer by words.
 */
export async function answer(
  engine: Searching,
  { query, options, onPartial, wanted }: Question,
): Promise<Answer> {
  const mode = options?.mode ?? 'auto';
  if (engine.encoder === 'none' || mode === 'words' || engine.isReady(query)) {
    return { response: engine.search(query, options) };
  }
  const byWords = mode === 'auto' ? engine.search(query, options) : undefined;
  onPartial(byWords);
  try {
    await engine.prepare(query);
  } catch (cause) {
    if (!byWords) throw cause;
    return { response: byWords, failure: failureOf(cause) };
  }
  if (!wanted()) throw superseded();
  return { response: engine.search(query, options) };
}
