import init, { Engine, type SearchResponse } from '../wasm/browser/lectern_browser.js';
import { answer } from './answer.js';
import { failureOf, LecternError, toLecternError } from './errors.js';
import type {
  Answer,
  Calls,
  EngineName,
  Failure,
  Loaded,
  OnProgress,
  Reply,
  Request,
} from './protocol.js';

let engine: Engine | undefined;
let newestSearch = 0;
/** What was asked for, to ask for it again when the site has a newer index. */
let shelf = '';
let loads: Calls['loadMeaning']['parameters'][] = [];

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
  }
}

async function open(
  { shelfUrl, engine: name }: Calls['open']['parameters'],
  onProgress: OnProgress,
) {
  await start(name);
  shelf = shelfUrl;
  loads = [];
  engine?.free();
  engine = undefined;
  engine = await Engine.open(shelfUrl, onProgress);
  return engine.info();
}

/** Opens the newer index of the site, with the encoders of the one before. */
async function reopen(): Promise<Loaded> {
  const newer = await Engine.open(shelf);
  let failure: Failure | undefined;
  for (const { encoder, relayUrl } of loads) {
    await newer.loadMeaning(encoder, relayUrl).catch((cause) => (failure = failureOf(cause)));
  }
  engine?.free();
  engine = newer;
  return { encoder: newer.encoder, info: newer.info(), failure };
}

async function loadMeaning(
  { encoder, relayUrl }: Calls['loadMeaning']['parameters'],
  onProgress: OnProgress,
): Promise<Loaded> {
  const engine = opened();
  const failure = await engine.loadMeaning(encoder, relayUrl, onProgress).then(
    () => undefined,
    (cause) => failureOf(cause),
  );
  if (!failure) {
    loads = [...loads.filter((load) => load.encoder !== encoder), { encoder, relayUrl }];
  }
  return { encoder: engine.encoder, info: engine.info(), failure };
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
  try {
    return await answer(opened(), question);
  } catch (cause) {
    if (toLecternError(cause, 'worker-failed').code !== 'shelf-changed') throw cause;
    const reopened = await reopen();
    return { ...(await answer(opened(), question)), reopened };
  }
}

function opened(): Engine {
  if (engine) return engine;
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
