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
  /** The newest answer; it may belong to an earlier query, which `response.query` names. */
  response?: SearchResponse;
  /** Why the newest query has no answer. */
  error?: LecternError;
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
  const [result, setResult] = useState<SearchResult>({});

  useEffect(() => {
    if (query.trim() === '') {
      setResult({});
      return undefined;
    }
    let current = true;
    client.search(query, { limit, mode, explain }).then(
      (response) => current && setResult({ response }),
      (error) => current && !isSuperseded(error) && setResult({ error }),
    );
    return () => {
      current = false;
    };
  }, [client, query, ability, limit, mode, explain]);

  return result;
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
