// MiniSearch over Lectern's own passages, configured well; the index is made beforehand and fetched whole.
import MiniSearch from 'minisearch';
import { OPTIONS } from '../../book/peer.mjs';

/** A function from a query to addresses of pages, best first; texts are in the index. */
export async function open() {
  const json = await (await fetch('/peers/miniSearch.json')).text();
  const index = MiniSearch.loadJSON(json, OPTIONS);
  return (query, count) => [...new Set(index.search(query).map(({ page }) => page))].slice(0, count);
}
