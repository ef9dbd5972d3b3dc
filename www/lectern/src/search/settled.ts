import type { PageHits, SearchResponse } from '../client/index.js';

/**
 * A better answer to a query, with what a reader is pointing at left in its place: pages and hits that are
 * shown stay in their order, new ones follow them.
 */
export function settled(shown: SearchResponse, better: SearchResponse): SearchResponse {
  const newer = new Map(better.pages.map((page) => [page.url, page]));
  const kept = shown.pages.map((page) => withNewHits(page, newer.get(page.url)));
  const urls = new Set(shown.pages.map(({ url }) => url));
  return { ...better, pages: [...kept, ...better.pages.filter(({ url }) => !urls.has(url))] };
}

function withNewHits(page: PageHits, newer?: PageHits): PageHits {
  const passages = new Set(page.hits.map(({ passage }) => passage));
  const added = newer?.hits.filter(({ passage }) => !passages.has(passage)) ?? [];
  return { ...page, hits: [...page.hits, ...added] };
}
