import { useEffect, useState } from 'react';
import type {
  LecternClient,
  LecternError,
  SearchOptions,
  SearchResponse,
} from '../client/index.js';
import { liveSearch, type LiveResult } from './liveSearch.js';

/** What a search has found. While the next answer is awaited, the last one stays. */
export interface SearchResult {
  /** The newest answer there is. */
  response?: SearchResponse;
  /** Why the newest query has no answer. */
  error?: LecternError;
  /** True while `response` and `error` belong to an earlier query. */
  stale: boolean;
  /** True while a better answer to the same query is on its way. */
  refining: boolean;
}

/**
 * Searches whenever the query changes, and again when the client has learnt to search better. Where a part
 * of the encoder must be fetched for the query, the answer by words comes first. An empty query has an empty
 * result.
 */
export function useSearch(
  client: LecternClient,
  query: string,
  { limit, mode, explain, within }: SearchOptions = {},
): SearchResult {
  const [result, setResult] = useState<LiveResult>({ query: '', refining: false });

  // By what they are, as callers make the list anew each time.
  const places = within && JSON.stringify(within);

  useEffect(() => {
    const within = places === undefined ? undefined : (JSON.parse(places) as string[]);
    return liveSearch(client, query, { limit, mode, explain, within }, setResult);
  }, [client, query, limit, mode, explain, places]);

  const { response, error, refining } = result;
  const stale = result.query !== query;
  return { response, error, stale, refining: refining && !stale };
}
