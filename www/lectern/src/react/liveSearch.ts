import {
  isSuperseded,
  type Encoder,
  type LecternClient,
  type LecternError,
  type LecternState,
  type SearchOptions,
  type SearchResponse,
} from '../client/index.js';

/** What has come of a query so far: an answer, an error, or nothing yet. */
export interface LiveResult {
  query: string;
  response?: SearchResponse;
  error?: LecternError;
  /** True while a better answer than `response` is on its way. */
  refining: boolean;
}

/**
 * Searches, and again whenever the client has learnt to search better, until the returned function is
 * called. An answer by words stands until the one by meaning is there. An empty query has an empty result.
 */
export function liveSearch(
  client: LecternClient,
  query: string,
  options: SearchOptions,
  onResult: (result: LiveResult) => void,
): () => void {
  let result: LiveResult = { query, refining: false };
  let ended = false;
  let answered = false;
  const show = (change: Partial<LiveResult>) => {
    if (ended) return;
    result = { ...result, ...change };
    onResult(result);
  };
  const showPartial = (response: SearchResponse) => {
    // What an earlier encoder has found is better than a part of an answer.
    if (!answered) show({ response, error: undefined, refining: true });
  };
  const search = () => {
    if (result.response) show({ refining: true });
    client.search(query, options, showPartial).then(
      (response) => {
        answered = true;
        const kept = keptIfEqual(result.response, response);
        show({ response: kept, error: undefined, refining: false });
      },
      (error) => isSuperseded(error) || show({ response: undefined, error, refining: false }),
    );
  };

  if (query.trim() === '') {
    show({});
    return () => undefined;
  }
  let ability = abilityOf(client.state);
  const unsubscribe = client.subscribe(() => {
    const before = ability;
    ability = abilityOf(client.state);
    if (ability !== before && ability !== undefined) search();
  });
  search();
  return () => {
    ended = true;
    unsubscribe();
  };
}

/** What a client searches with, if it can search at all: a search is repeated only when this changes. */
function abilityOf({ stage, encoder }: LecternState): Encoder | undefined {
  return stage === 'words' || stage === 'meaning' || stage === 'loading-meaning'
    ? encoder
    : undefined;
}

/** The same object for the same answer, so that nothing is drawn anew. */
function keptIfEqual(before: SearchResponse | undefined, after: SearchResponse): SearchResponse {
  return before && JSON.stringify(before) === JSON.stringify(after) ? before : after;
}
