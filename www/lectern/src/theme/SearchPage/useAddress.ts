import { useEffect, useRef, useState } from 'react';
import { useHistory, useLocation } from '@docusaurus/router';
import { readFilters, writeFilters, type Filters } from 'lectern/search';

/** What the page's address asks for. */
export interface Wanted {
  query: string;
  filters: Filters;
  /** Most hits that are shown. */
  limit: number;
}

/** Hits that are shown before a reader asks for more. */
export const FIRST_HITS = 20;

/** Hits of one answer: more would make a page that nobody reads. */
export const MOST_HITS = 200;

/** What is asked for, and ways to ask for something else. */
export interface Address {
  wanted: Wanted;
  /** Changes the query as it is typed. */
  type(query: string): void;
  /** Takes what has been typed as meant: what is typed next gets an entry of its own in the history. */
  commit(): void;
  /** Changes anything else. */
  change(wanted: Partial<Wanted>): void;
}

/**
 * Keeps what is asked for in the page's address, so that it can be shared and the back button returns to it. The
 * history has an entry for each query that was meant, not for each letter.
 */
export function useAddress(): Address {
  const history = useHistory<{ typed?: boolean } | undefined>();
  const { search, key, state } = useLocation<{ typed?: boolean } | undefined>();
  // The field shows a letter before the router has gone to the address that has it.
  const [wanted, setWanted] = useState(() => read(search));
  const [shownKey, setShownKey] = useState(key);
  const committed = useRef(true);
  const focused = useRef<Element | null>(null);

  // The router comes late with what was typed: by then the field is ahead of it.
  const own = state?.typed === true && history.action !== 'POP';
  if (key !== shownKey) {
    setShownKey(key);
    if (!own) setWanted(read(search));
  }
  useEffect(() => {
    if (!own) committed.current = true;
    // A page that is gone to takes the focus: here it goes back to what is typed into or chosen from.
    else if (focused.current instanceof HTMLElement) focused.current.focus({ preventScroll: true });
  }, [own, key]);

  const write = (next: Wanted, way: 'push' | 'replace') => {
    setWanted(next);
    focused.current = document.activeElement;
    history[way]({ search: addressOf(next), state: { typed: true } });
  };
  const type = (query: string) => {
    const next = { ...wanted, query, limit: FIRST_HITS };
    write(next, committed.current ? 'push' : 'replace');
    committed.current = false;
  };
  const commit = () => {
    committed.current = true;
  };
  const change = (changed: Partial<Wanted>) => {
    const next = { ...wanted, limit: FIRST_HITS, ...changed };
    write(next, changed.filters ? 'push' : 'replace');
    commit();
  };
  return { wanted, type, commit, change };
}

function read(search: string): Wanted {
  const parameters = new URLSearchParams(search);
  const limit = Number(parameters.get('n'));
  return {
    query: parameters.get('q') ?? '',
    filters: readFilters(parameters),
    limit: limit >= FIRST_HITS ? Math.min(Math.floor(limit), MOST_HITS) : FIRST_HITS,
  };
}

function addressOf({ query, filters, limit }: Wanted): string {
  const parameters = new URLSearchParams();
  if (query !== '') parameters.set('q', query);
  writeFilters(parameters, filters);
  if (limit > FIRST_HITS) parameters.set('n', String(limit));
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}
