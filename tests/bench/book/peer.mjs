// MiniSearch over Lectern's own passages, configured as well as its documentation allows:
// weighted fields, prefixes of the last word, typing errors in longer words, stop words left out of queries.
const STOP_WORDS = new Set(
  ('a about after all also an and any are as at be because been but by can could did do does for from get had has ' +
    'have how i if in into is it its just like me my no not of on one or our out should so some than that the their ' +
    'them then there these they this to up use was we were what when where which while who why will with would you your'
  ).split(' '),
);

/** MiniSearch's options. What a result shows is stored with it: without its text there is nothing to show. */
export const OPTIONS = {
  fields: ['headings', 'text'],
  storeFields: ['page', 'headings', 'text'],
  searchOptions: {
    boost: { headings: 2 },
    prefix: (term, position, terms) => position === terms.length - 1,
    fuzzy: (term) => (term.length > 4 ? 0.2 : false),
    processTerm: (term) => (STOP_WORDS.has(term.toLowerCase()) ? null : term.toLowerCase()),
  },
};

/** A function from a query to its hits, best first: `{ id, page, score }`. */
export function miniSearch(MiniSearch, passages) {
  const index = new MiniSearch(OPTIONS);
  index.addAll(passages);
  return (query) => index.search(query);
}
