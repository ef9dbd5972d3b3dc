import init, { Engine, type SearchResponse } from '../wasm/browser/lectern_browser.js';
import { answer } from './answer.js';
import { ask, passagesOf, startersOf } from './ask.js';
import { OpenBook } from './book.js';
import { failureOf, LecternError, toLecternError } from './errors.js';
import type {
  Answer,
  Calls,
  EngineName,
  Failure,
  Loaded,
  OnProgress,
  Passages,
  Reply,
  Request,
} from './protocol.js';

let book: OpenBook | undefined;
let newestSearch = 0;
/** What was asked for, to ask for it again when the site has a newer index. */
let shelf = '';
let loads: Calls['loadMeaning']['parameters'][] = [];
/** The opening of a newer index, for all calls that have noticed that there is one. */
let reopening: Promise<Loaded> | undefined;

self.addEventListener('message', async ({ data: request }: MessageEvent<Request>) => {
  try {
    reply({ id: request.id, kind: 'done', result: await perform(request) });
  } catch (cause) {
    const { code, message } = toLecternError(cause, 'worker-failed');
    reply({ id: request.id, kind: 'failed', code, message });
  }
});

function perform(request: Request) {
  const onProgress: OnProgress = (loaded, total) =>
    reply({ id: request.id, kind: 'progress', loaded, total });
  switch (request.call) {
    case 'open':
      return open(request, onProgress);
    case 'loadMeaning':
      return loadMeaning(request, onProgress);
    case 'search':
      return search(request.id, request);
    case 'answer':
      return onNewest((engine) => ask(engine, request.question, request.scope));
    case 'passages':
      return onNewest((engine, reopened) => passagesIn(engine, request, reopened));
    case 'starters':
      return onNewest((engine) => startersOf(engine, request.page));
  }
}

async function open(
  { shelfUrl, engine: name }: Calls['open']['parameters'],
  onProgress: OnProgress,
) {
  await start(name);
  shelf = shelfUrl;
  loads = [];
  book?.retire();
  book = undefined;
  book = new OpenBook(await Engine.open(shelfUrl, onProgress));
  return book.engine.info();
}

/** Opens the newer index of the site, with the encoders of the one before. */
async function reopen(): Promise<Loaded> {
  const newer = await Engine.open(shelf);
  let failure: Failure | undefined;
  for (const { encoder, relayUrl } of loads) {
    await newer.loadMeaning(encoder, relayUrl).catch((cause) => (failure = failureOf(cause)));
  }
  book?.retire();
  book = new OpenBook(newer);
  return { encoder: newer.encoder, info: newer.info(), failure };
}

async function loadMeaning(
  { encoder, relayUrl }: Calls['loadMeaning']['parameters'],
  onProgress: OnProgress,
): Promise<Loaded> {
  return opened().use(async (engine) => {
    const failure = await engine.loadMeaning(encoder, relayUrl, onProgress).then(
      () => undefined,
      (cause) => failureOf(cause),
    );
    if (!failure) {
      loads = [...loads.filter((load) => load.encoder !== encoder), { encoder, relayUrl }];
    }
    return { encoder: engine.encoder, info: engine.info(), failure };
  });
}

async function search(
  id: number,
  { query, options }: Calls['search']['parameters'],
): Promise<Answer> {
  newestSearch = id;
  const question = {
    query,
    options,
    onPartial: (response?: SearchResponse) => reply({ id, kind: 'partial', response }),
    wanted: () => newestSearch === id,
  };
  return onNewest((engine) => answer(engine, question));
}

/** Passages by their numbers, which a newer index has given to others. */
async function passagesIn(
  engine: Engine,
  { passages }: Calls['passages']['parameters'],
  reopened?: Loaded,
): Promise<Passages> {
  if (!reopened) return passagesOf(engine, passages);
  const message = 'The book has changed since these passages were found. Search again.';
  return { passages: [], failure: { code: 'shelf-changed', message } };
}

/** Runs a call on the index that is open, and again on the newer one where the site has one. */
async function onNewest<T extends object>(
  call: (engine: Engine, reopened?: Loaded) => Promise<T>,
): Promise<T & { reopened?: Loaded }> {
  const before = opened();
  try {
    return await before.use((engine) => call(engine));
  } catch (cause) {
    if (toLecternError(cause, 'worker-failed').code !== 'shelf-changed') throw cause;
    const reopened = await newest(before);
    return { ...(await opened().use((engine) => call(engine, reopened))), reopened };
  }
}

/** Opens the index that is newer than `before`, once for all calls that ask for it. */
function newest(before: OpenBook): Promise<Loaded> {
  if (book === before) {
    reopening ??= reopen().finally(() => (reopening = undefined));
    return reopening;
  }
  const { engine } = opened();
  return Promise.resolve({ encoder: engine.encoder, info: engine.info() });
}

function opened(): OpenBook {
  if (book) return book;
  throw new LecternError('worker-failed', 'The index is not open. Call open() first.');
}

/** Fetches and compiles the engine, with an error for each way in which a site can prevent it. */
async function start(name: EngineName): Promise<void> {
  const response = await fetch(ENGINES[name]).catch(() => undefined);
  if (!response?.ok) {
    const why = response ? `the server answered ${response.status}` : 'no connection';
    throw new LecternError('network', `The search engine could not be loaded (${why}). Try again.`);
  }
  try {
    await init({ module_or_path: response });
  } catch (cause) {
    throw new LecternError('no-wasm', `${NOT_COMPILED} (${(cause as Error).message})`);
  }
}

function reply(message: Reply): void {
  self.postMessage(message);
}

/** Where the engines are; bundlers look for just this form. */
const ENGINES: Record<EngineName, URL> = {
  english: new URL('../wasm/browser/lectern_browser_en_bg.wasm', import.meta.url),
  all: new URL('../wasm/browser/lectern_browser_bg.wasm', import.meta.url),
};

const NOT_COMPILED =
  'The browser refused to run the search engine. A reader can update the browser; the owner of the ' +
  "site can allow WebAssembly in its Content-Security-Policy: script-src 'wasm-unsafe-eval'.";
