// Orama over Lectern's own passages, with its default settings; the index is made beforehand and fetched whole.
import { create, load, search } from '@orama/orama';

export const SCHEMA = { headings: 'string', text: 'string', page: 'enum' };
const HITS = 100;

/** A function from a query to addresses of pages, best first; texts are in the index. */
export async function open() {
  const index = create({ schema: SCHEMA });
  load(index, await (await fetch('/peers/orama.json')).json());
  return async (query, count) => {
    const { hits } = await search(index, { term: query, properties: ['headings', 'text'], limit: HITS });
    return [...new Set(hits.map(({ document }) => document.page))].slice(0, count);
  };
}
