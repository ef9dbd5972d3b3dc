import { useMemo, useState } from 'react';
import type { SearchResponse } from 'lectern';
import { settled } from 'lectern/search';

/** What is shown of an answer that gets better, and a way to keep it in its place. */
export interface Settled {
  response?: SearchResponse;
  /** What is shown now stays where it is, until another query. */
  hold(): void;
}

/** Lets a better answer to the same query replace the one before, unless a reader is already pointing at that. */
export function useSettled(response: SearchResponse | undefined): Settled {
  const [held, setHeld] = useState<SearchResponse>();
  const shown = useMemo(
    () => (held && response && held.query === response.query ? settled(held, response) : response),
    [held, response],
  );
  return { response: shown, hold: () => held?.query !== shown?.query && setHeld(shown) };
}
