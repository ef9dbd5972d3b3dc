import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Reply, Request } from '../src/client/protocol.js';
import { answerTo, INFO } from './answers.js';
import { settle } from './fakeWorker.js';

const engine = {
  encoder: 'none',
  info: () => INFO,
  loadMeaning: vi.fn(async (encoder: string) => void (engine.encoder = encoder)),
  isReady: () => false,
  prepare: vi.fn(async (_query: string) => undefined),
  search: (query: string) => answerTo(query),
  free: () => undefined,
};

vi.mock('../src/wasm/browser/lectern_browser.js', () => ({
  default: async () => undefined,
  Engine: { open: async () => engine },
}));

describe('the worker', () => {
  const replies: Reply[] = [];
  let receive: (event: { data: Request }) => void;
  const ask = (request: Request) => receive({ data: request });

  beforeAll(async () => {
    vi.stubGlobal('fetch', async () => new Response());
    vi.stubGlobal('self', {
      addEventListener: (_type: string, listener: typeof receive) => (receive = listener),
      postMessage: (reply: Reply) => replies.push(reply),
    });
    await import('../src/client/worker.js');
    ask({ id: 1, call: 'open', shelfUrl: 'https://book.example/lectern/' });
    await vi.waitFor(() => expect(replies).toEqual([{ id: 1, kind: 'done', result: INFO }]));
  });
  beforeEach(() => void (replies.length = 0));
  afterAll(() => vi.unstubAllGlobals());

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
    expect(replies).toMatchObject([
      { id: 3, kind: 'partial' },
      { id: 4, kind: 'partial' },
      { id: 4, kind: 'done', result: { response: answerTo('gait') } },
      { id: 3, kind: 'failed', code: 'superseded' },
    ]);
  });
});
