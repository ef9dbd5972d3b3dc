import { useState } from 'react';
import type { Hit, SearchResponse } from 'lectern';

/** The hits in the order of the list, and the selected one. */
export interface Selection {
  hits: Hit[];
  selected?: Hit;
  select(hit: Hit): void;
}

/**
 * Keeps one hit selected. Another query selects its first hit; a better answer to the same query
 * keeps the selected hit, wherever it has moved to.
 */
export function useSelection(response: SearchResponse | undefined): Selection {
  const [choice, setChoice] = useState<{ query?: string; passage?: number }>({});
  const hits = response?.pages.flatMap((page) => page.hits) ?? [];
  const chosen =
    choice.query === response?.query && hits.find(({ passage }) => passage === choice.passage);
  const selected = chosen || hits[0];
  const select = (hit: Hit) => setChoice({ query: response?.query, passage: hit.passage });

  // Selecting the first hit is a choice too: it must survive a refinement that puts it elsewhere.
  if (selected && !chosen) select(selected);
  return { hits, selected, select };
}
