import { useEffect, useState } from 'react';
import {
  isSuperseded,
  type LecternClient,
  type LecternError,
  type SearchOptions,
  type SearchResponse,
  type Stage,
} from '../client/index.js';
import { useLectern } from './useLectern.js';

/** What a search has found. While the next answer is awaited, the last one stays. */
export interface SearchResult {
  /** The newest answer there is. */
  response?: SearchResponse;
  /** Why the newest query has no answer. */
  error?: LecternError;
  /** True while `response` and `error` belong to an earlier query. */
  stale: boolean;
}

/**
 * Searches whenever the query changes, and again when the client has learnt to search by meaning.
 * An empty query has an empty result.
 */
export function useSearch(
  client: LecternClient,
  query: string,
  { limit, mode, explain }: SearchOptions = {},
): SearchResult {
  const ability = ABILITY[useLectern(client).stage];
  const [result, setResult] = useState<Settled>({ query: '' });

  useEffect(() => {
    if (query.trim() === '') {
      setResult({ query });
      return undefined;
    }
    let current = true;
    client.search(query, { limit, mode, explain }).then(
      (response) => current && setResult({ query, response }),
      (error) => current && !isSuperseded(error) && setResult({ query, error }),
    );
    return () => {
      current = false;
    };
  }, [client, query, ability, limit, mode, explain]);

  return { response: result.response, error: result.error, stale: result.query !== query };
}

/** The last answer and the query it belongs to. */
interface Settled {
  query: string;
  response?: SearchResponse;
  error?: LecternError;
}

/** What each stage can search by: a search is repeated only when this changes. */
const ABILITY: Record<Stage, 'nothing' | 'words' | 'meaning'> = {
  idle: 'nothing',
  'loading-words': 'nothing',
  failed: 'nothing',
  words: 'words',
  'loading-meaning': 'words',
  meaning: 'meaning',
};
