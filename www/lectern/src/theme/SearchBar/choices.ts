import type { Hit, PageHits, SearchResponse } from 'lectern';
import type { RecentEntries, RecentPage } from 'lectern/search';

/** What a reader can choose in the dialog: each is an option of its list. */
export type Choice =
  | { kind: 'ask'; id: string }
  | { kind: 'hit'; id: string; hit: Hit; page: PageHits }
  | { kind: 'all'; id: string }
  | { kind: 'query'; id: string; query: string }
  | { kind: 'page'; id: string; page: RecentPage };

/** Options for something typed: to ask, the hits, and all of them on a page where there is one. */
export function choicesFor(response: SearchResponse | undefined, hasPage: boolean): Choice[] {
  const hits = response?.pages.flatMap((page) =>
    page.hits.map((hit): Choice => ({ kind: 'hit', id: `hit-${hit.passage}`, hit, page })),
  );
  const all: Choice[] = hasPage && hits?.length ? [{ kind: 'all', id: 'all' }] : [];
  return [{ kind: 'ask', id: 'ask' }, ...(hits ?? []), ...all];
}

/** Options before anything is typed: what was looked for and opened lately. */
export function recentChoices({ queries, pages }: RecentEntries): Choice[] {
  return [
    ...queries.map((query): Choice => ({ kind: 'query', id: idOf('query', query), query })),
    ...pages.map((page): Choice => ({ kind: 'page', id: idOf('page', page.url), page })),
  ];
}

/** Ids take no spaces. */
function idOf(kind: string, text: string): string {
  return `${kind}-${encodeURIComponent(text)}`;
}
