// Lectern in a page: as the peers are asked, and as its search box asks.
import { createClient } from '../../../../www/lectern/dist/client/index.js';
import { liveSearch } from '../../../../www/lectern/dist/react/liveSearch.js';

const SHELF = '/shelf/';
/** Passages to ask for, for each page that is wanted: the best ones may be on one page. */
const HITS_OF_A_PAGE = 10;

/** A function from a query to addresses of pages, best first, each with its text; `encoder` may be `none`. */
export async function open({ encoder }) {
  const ranked = await openRanked({ encoder });
  const mode = encoder === 'none' ? 'words' : 'hybrid';
  return async (query, count) => {
    const { pages } = await ranked(query, { mode, limit: HITS_OF_A_PAGE * count });
    return pages.slice(0, count).map(({ url }) => url);
  };
}

/** A function from a query and options to the client's answer, which must have been read with `encoder`. */
export async function openRanked({ encoder }) {
  return searchOf(await loaded({ encoder }), encoder);
}

async function loaded(options) {
  const client = createClient({ shelfUrl: SHELF, ...options });
  await (options.encoder === 'none' ? client.open() : client.loadMeaning());
  return client;
}

function searchOf(client, encoder) {
  return async (query, options) => {
    const response = await client.search(query, options);
    if (response.encoder === encoder) return response;
    throw new Error(`“${query}” was read with the encoder ${response.encoder}: ${client.state.error?.message}`);
  };
}

/**
 * From the focus on the search box, which loads search, to the end of some searches one after another. Resolves
 * to moments in milliseconds since 1970: the first result by `words`, by `meaning`, and the `end`.
 */
export async function visit(questions) {
  const moments = {};
  const client = createClient({ shelfUrl: SHELF });
  client.start();
  for (const question of questions) {
    await shown(client, question, (response) => {
      moments.words ??= now();
      if (response.encoder !== 'none') moments.meaning ??= now();
    });
  }
  moments.end = now();
  client.close();
  return moments;
}

/** Searches as the search box does, until nothing better is on its way. */
function shown(client, question, onShown) {
  return new Promise((done, failed) => {
    const end = liveSearch(client, question, {}, ({ response, error, refining }) => {
      if (error) return failed(error);
      if (!response || !hasText(response)) return;
      onShown(response);
      if (response.encoder !== 'none' && !refining) {
        end();
        done();
      }
    });
  });
}

function hasText({ pages }) {
  return pages.length === 0 || pages[0].hits.every(({ snippet }) => snippet.text !== '');
}

const now = () => performance.timeOrigin + performance.now();

/**
 * Milliseconds in the worker for each question, from its message to the answer's, in each of some `rounds`, and
 * the numbers of `pages` and `passages`. A round before them has fetched all that the questions need.
 */
export async function latencies({ questions, rounds }) {
  let took;
  const workerFactory = () => {
    const worker = new Worker(new URL('./timedWorker.js', import.meta.url), { type: 'module' });
    worker.addEventListener('message', ({ data }) => (took = data.milliseconds));
    return worker;
  };
  const client = await loaded({ encoder: 'small', workerFactory });
  const ask = searchOf(client, 'small');
  const times = [];
  for (let round = 0; round <= rounds; round += 1) {
    times.push([]);
    for (const question of questions) {
      await ask(question);
      times[round].push(took);
    }
  }
  const { pages, passages } = client.state.info;
  return { rounds: times.slice(1), pages, passages };
}
