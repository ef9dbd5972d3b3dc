// Pagefind as its own interface asks it: default settings, texts fetched for the results that are shown.

/** A function from a query to addresses of pages, best first, each with its text. */
export async function open() {
  const pagefind = await import('/pagefind/pagefind.js');
  await pagefind.init();
  return async (query, count) => {
    const { results } = await pagefind.search(query);
    const shown = await Promise.all(results.slice(0, count).map((result) => result.data()));
    return shown.map(({ url }) => url);
  };
}
