import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Reply, Request } from '../src/client/protocol.js';
import { answerTo, INFO } from './answers.js';
import { settle } from './fakeWorker.js';

const coded = (code: string, message = code) => Object.assign(new Error(message), { code });

/** An engine whose index has this hash. */
function engineOf(hash: string) {
  const engine = {
    encoder: 'none',
    info: () => ({ ...INFO, hash }),
    loadMeaning: vi.fn(async (encoder: string) => void (engine.encoder = encoder)),
    retry: () => undefined,
    isReady: vi.fn(() => false),
    prepare: vi.fn(async (_query: string): Promise<unknown> => undefined),
    search: vi.fn((query: string) => ({ ...answerTo(query), encoder: engine.encoder })),
    answer: () => [{ number: 1, text: hash, code: false }],
    passages: (numbers: number[]) => numbers.map((passage) => ({ passage, headings: [hash] })),
    page: () => ({ passages: [1], starters: [1] }),
    preparePage: vi.fn(async (): Promise<unknown> => undefined),
    preparePassages: vi.fn(async (): Promise<unknown> => undefined),
    free: vi.fn(),
  };
  return engine;
}

const engine = engineOf(INFO.hash);
/** What the site's index is opened as. */
const open = vi.fn(async () => engine);

vi.mock('../src/wasm/browser/lectern_browser.js', () => ({
  default: async () => undefined,
  Engine: { open: () => open() },
}));

describe('the worker', () => {
  const replies: Reply[] = [];
  let receive: (event: { data: Request }) => void;
  const fetchEngine = vi.fn(async (_url: URL) => new Response());
  const ask = (request: Request) => receive({ data: request });

  beforeAll(async () => {
    vi.stubGlobal('fetch', fetchEngine);
    vi.stubGlobal('self', {
      addEventListener: (_type: string, listener: typeof receive) => (receive = listener),
      postMessage: (reply: Reply) => replies.push(reply),
    });
    await import('../src/client/worker.js');
    ask({ id: 1, call: 'open', shelfUrl: 'https://book.example/lectern/', engine: 'english' });
    await vi.waitFor(() => expect(replies).toEqual([{ id: 1, kind: 'done', result: INFO }]));
  });
  beforeEach(() => void (replies.length = 0));
  afterAll(() => vi.unstubAllGlobals());

  it('fetches the engine it is told', () => {
    const [url] = fetchEngine.mock.lastCall!;
    expect(url.href).toMatch(/\/lectern_browser_en_bg\.wasm$/);
  });

  it('loads the encoder it is told and says which is in use', async () => {
    ask({ id: 2, call: 'loadMeaning', encoder: 'relay', relayUrl: 'https://relay.example/' });
    await settle();
    expect(engine.loadMeaning).toHaveBeenCalledExactlyOnceWith(
      'relay',
      'https://relay.example/',
      expect.any(Function),
    );
    expect(replies).toEqual([{ id: 2, kind: 'done', result: { encoder: 'relay', info: INFO } }]);
  });

  it('says what is left to load when loading fails', async () => {
    const why = { code: 'network', message: 'No connection' };
    engine.loadMeaning.mockRejectedValueOnce(Object.assign(new Error(why.message), why));
    ask({ id: 2, call: 'loadMeaning', encoder: 'full' });
    await settle();
    const result = { encoder: engine.encoder, info: INFO, failure: why };
    expect(replies).toEqual([{ id: 2, kind: 'done', result }]);
  });

  it('answers the newest search alone, though an older one is prepared later', async () => {
    let prepared = () => {};
    engine.prepare.mockImplementationOnce(
      () => new Promise((resolve) => (prepared = () => resolve(undefined))),
    );
    ask({ id: 3, call: 'search', query: 'gai' });
    ask({ id: 4, call: 'search', query: 'gait' });
    await settle();
    prepared();
    await settle();
    const outcomes = replies.filter(({ kind }) => kind !== 'partial');
    expect(outcomes).toMatchObject([
      { id: 4, kind: 'done', result: { response: { query: 'gait' } } },
      { id: 3, kind: 'failed', code: 'superseded' },
    ]);
    expect(replies.slice(0, 2)).toMatchObject([
      { id: 3, kind: 'partial' },
      { id: 4, kind: 'partial' },
    ]);
  });

  it('answers a question beside a search: neither waits for the other or takes its place', async () => {
    let prepared = () => {};
    engine.prepare.mockImplementationOnce(
      () => new Promise((resolve) => (prepared = () => resolve(undefined))),
    );
    ask({ id: 20, call: 'answer', question: 'what is gait?' });
    ask({ id: 21, call: 'search', query: 'gait' });
    await settle();
    expect(replies.at(-1)).toMatchObject({ id: 21, kind: 'done' });
    ask({ id: 22, call: 'passages', passages: [5] });
    await settle();
    prepared();
    await settle();
    expect(replies.filter(({ kind }) => kind === 'done').slice(1)).toMatchObject([
      { id: 22, result: { passages: [{ passage: 5 }] } },
      { id: 20, result: { answer: { quotes: [{ text: INFO.hash }] } } },
    ]);
  });

  it('says what could not be had for an answer', async () => {
    engine.prepare.mockResolvedValueOnce(coded('shelf-checksum', 'a block is damaged'));
    ask({ id: 5, call: 'search', query: 'gait' });
    await settle();
    const failure = { code: 'shelf-checksum', message: 'a block is damaged' };
    expect(replies.at(-1)).toMatchObject({ id: 5, kind: 'done', result: { failure } });
  });

  it('opens the newer index of the site, with the encoders of the one before, and answers from it', async () => {
    const [newer, newest] = [engineOf('cd'), engineOf('ef')];
    open.mockResolvedValueOnce(newer);
    engine.prepare.mockRejectedValueOnce(coded('shelf-changed'));
    ask({ id: 6, call: 'search', query: 'gait' });
    await settle();
    expect(newer.loadMeaning).toHaveBeenCalledExactlyOnceWith('relay', 'https://relay.example/');
    const reopened = { encoder: 'relay', info: { ...INFO, hash: 'cd' } };
    expect(replies.at(-1)).toMatchObject({
      id: 6,
      kind: 'done',
      result: { response: { query: 'gait', encoder: 'relay' }, reopened },
    });
    expect(engine.free).toHaveBeenCalledOnce();

    open.mockResolvedValueOnce(newest);
    newest.loadMeaning.mockRejectedValueOnce(coded('network'));
    newer.prepare.mockRejectedValueOnce(coded('shelf-changed'));
    ask({ id: 7, call: 'search', query: 'gait' });
    await settle();
    const words = { reopened: { encoder: 'none', failure: { code: 'network' } } };
    expect(replies.at(-1)).toMatchObject({ id: 7, kind: 'done', result: words });
  });

  it('opens a newer index once for all calls that notice it, and frees the old one when none uses it', async () => {
    const [older, newer] = [engineOf('gh'), engineOf('ij')];
    open.mockResolvedValueOnce(older);
    ask({ id: 30, call: 'open', shelfUrl: 'https://book.example/lectern/', engine: 'english' });
    await settle();
    open.mockClear();
    open.mockResolvedValueOnce(newer);
    let waited = () => {};
    older.preparePage.mockImplementationOnce(
      () => new Promise((resolve) => (waited = () => resolve(undefined))),
    );
    older.preparePassages.mockRejectedValue(coded('shelf-changed'));
    older.prepare.mockRejectedValue(coded('shelf-changed'));
    ask({ id: 31, call: 'starters', page: 'gait/' });
    ask({ id: 32, call: 'answer', question: 'gait' });
    ask({ id: 33, call: 'passages', passages: [1] });
    await settle();
    expect(open).toHaveBeenCalledOnce();
    expect(older.free).not.toHaveBeenCalled();
    waited();
    await settle();
    expect(older.free).toHaveBeenCalledOnce();
    expect(newer.free).not.toHaveBeenCalled();
    const results = new Map(
      replies.flatMap((reply) => (reply.kind === 'done' ? [[reply.id, reply.result]] : [])),
    );
    const reopened = { info: { hash: 'ij' } };
    expect(results.get(32)).toMatchObject({ answer: { quotes: [{ text: 'ij' }] }, reopened });
    // The numbers were those of the older book.
    expect(results.get(33)).toMatchObject({
      passages: [],
      failure: { code: 'shelf-changed' },
      reopened,
    });
    expect(results.get(31)).toMatchObject({ starters: ['ij'], reopened });
  });

  it('keeps the index it has where the newer one cannot be opened, and tries again', async () => {
    const newer = engineOf('gh');
    open.mockRejectedValueOnce(coded('network')).mockResolvedValueOnce(newer);
    ask({ id: 8, call: 'open', shelfUrl: 'https://book.example/lectern/', engine: 'english' });
    await settle();
    expect(replies).toMatchObject([{ id: 8, kind: 'failed', code: 'network' }]);
    ask({ id: 9, call: 'open', shelfUrl: 'https://book.example/lectern/', engine: 'english' });
    await settle();
    open.mockRejectedValueOnce(coded('shelf-missing'));
    newer.prepare.mockRejectedValueOnce(coded('shelf-changed'));
    ask({ id: 10, call: 'search', query: 'gait' });
    await settle();
    expect(replies.at(-1)).toMatchObject({ id: 10, kind: 'failed', code: 'shelf-missing' });
    ask({ id: 11, call: 'search', query: 'gait' });
    await settle();
    expect(replies.at(-1)).toMatchObject({ id: 11, kind: 'done' });
    expect(newer.free).not.toHaveBeenCalled();
  });
});
