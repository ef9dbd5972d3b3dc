import { afterEach, describe, expect, it, vi } from 'vitest';
import { answerTo, INFO, loaded } from './answers.js';
import { setUp, setUpOpen } from './clients.js';
import { settle } from './fakeWorker.js';

afterEach(() => vi.unstubAllGlobals());

describe('encoders', () => {
  it('are what the options say: start loads that one', async () => {
    const { client, workers } = setUp({ encoder: 'full' });
    const started = client.start();
    await workers[0]!.answer('open', INFO);
    expect(await workers[0]!.request('loadMeaning')).toMatchObject({ encoder: 'full' });
    await workers[0]!.answer('loadMeaning', loaded('full'));
    await started;
    expect(client.state).toMatchObject({ stage: 'meaning', encoder: 'full' });
  });

  it('are not loaded where the options want words alone', async () => {
    const { client, worker } = await setUpOpen({ encoder: 'none' });
    await client.start();
    await client.loadMeaning();
    expect(client.state).toMatchObject({ stage: 'words', encoder: 'none', error: undefined });
    expect(worker.requests).toHaveLength(1);
  });

  it('are not loaded by start where the index is of words alone', async () => {
    const { client, workers } = setUp();
    const started = client.start();
    await workers[0]!.answer('open', { ...INFO, encoders: [] });
    await started;
    expect(client.state).toMatchObject({ stage: 'words', error: undefined });
  });

  it('are missing with an error when one asks for them all the same', async () => {
    const { client, worker } = await setUpOpen();
    const loading = client.loadMeaning('full');
    await Promise.all([
      expect(loading).rejects.toMatchObject({ code: 'encoder-missing' }),
      worker.refuse('loadMeaning', 'encoder-missing'),
    ]);
    expect(client.state).toMatchObject({ stage: 'words', error: { code: 'encoder-missing' } });
  });

  it('on a relay get its address, resolved against the page', async () => {
    vi.stubGlobal('location', { href: 'https://book.example/docs/' });
    const { client, worker } = await setUpOpen({ encoder: 'relay', relayUrl: '/relay' });
    const loading = client.loadMeaning();
    expect(await worker.request('loadMeaning')).toMatchObject({
      encoder: 'relay',
      relayUrl: 'https://book.example/relay',
    });
    await worker.answer('loadMeaning', loaded('relay'));
    await loading;
    expect(client.state.encoder).toBe('relay');
  });

  it('on a relay need its address', async () => {
    const { client, worker } = await setUpOpen();
    await expect(client.loadMeaning('relay')).rejects.toMatchObject({
      code: 'argument',
      message: expect.stringContaining('relayUrl'),
    });
    expect(client.state.stage).toBe('words');
    expect(worker.requests).toHaveLength(1);
  });
});

describe('a better encoder', () => {
  async function setUpMeaning() {
    const { client, workers, worker } = await setUpOpen();
    const loading = client.loadMeaning();
    await worker.answer('loadMeaning', loaded('small'));
    await loading;
    return { client, workers, worker };
  }

  it('replaces the one in use, with which the search goes on meanwhile', async () => {
    const { client, worker } = await setUpMeaning();
    const loading = client.loadMeaning('full');
    const search = client.search('gait');
    await worker.answer('search', { response: answerTo('gait') });
    await expect(search).resolves.toMatchObject({ encoder: 'small' });
    expect(client.state).toMatchObject({ stage: 'loading-meaning', encoder: 'small' });
    await worker.answer('loadMeaning', loaded('full', { full: 0 }));
    await loading;
    expect(client.state).toMatchObject({
      stage: 'meaning',
      encoder: 'full',
      info: { bytes: { full: 0 } },
    });
  });

  it('leaves the one in use when it cannot be loaded, and can be asked for again', async () => {
    const { client, worker } = await setUpMeaning();
    const loading = client.loadMeaning('full');
    await Promise.all([
      expect(loading).rejects.toMatchObject({ code: 'network' }),
      worker.refuse('loadMeaning', 'network'),
    ]);
    expect(client.state).toMatchObject({
      stage: 'meaning',
      encoder: 'small',
      error: { code: 'network' },
    });
    const again = client.loadMeaning('full');
    await worker.answer('loadMeaning', loaded('full'));
    await again;
    expect(client.state).toMatchObject({ encoder: 'full', error: undefined });
  });

  it('says how much is left of one that came in part', async () => {
    const { client, worker } = await setUpMeaning();
    const loading = client.loadMeaning('full');
    const failure = { code: 'network', message: 'No connection' };
    const result = { ...loaded('small'), info: { ...INFO, bytes: { full: 3 } }, failure };
    await Promise.all([
      expect(loading).rejects.toMatchObject(failure),
      worker.answer('loadMeaning', result),
    ]);
    expect(client.state).toMatchObject({
      stage: 'meaning',
      encoder: 'small',
      info: { bytes: { full: 3 } },
      error: failure,
    });
    expect(client.state).not.toHaveProperty('failure');
  });

  it('waits for the one that is loading, and each is loaded once', async () => {
    const { client, worker } = await setUpOpen();
    const all = Promise.all([client.loadMeaning(), client.loadMeaning('full')]);
    void client.loadMeaning('full');
    await settle();
    const asked = () =>
      worker.requests.flatMap((request) => (request.call === 'loadMeaning' ? request.encoder : []));
    expect(asked()).toEqual(['small']);
    await worker.answer('loadMeaning', loaded('small'));
    expect(asked()).toEqual(['small', 'full']);
    await worker.answer('loadMeaning', loaded('full'));
    await all;
  });

  it('is not loaded any more when the client is closed while it waits', async () => {
    const { client, workers, worker } = await setUpOpen();
    const loads = Promise.allSettled([client.loadMeaning(), client.loadMeaning('full')]);
    await worker.request('loadMeaning');
    client.close();
    expect(await loads).toMatchObject([
      { reason: { code: 'closed' } },
      { reason: { code: 'closed' } },
    ]);
    expect(workers).toHaveLength(1);
    expect(client.state).toMatchObject({ stage: 'idle', encoder: 'none' });
  });

  it('is forgotten with the worker that held it', async () => {
    const { client, worker } = await setUpMeaning();
    const search = client.search('gait');
    await worker.request('search');
    worker.crash('unreachable');
    await expect(search).rejects.toMatchObject({ code: 'worker-failed' });
    expect(client.state).toMatchObject({ stage: 'failed', encoder: 'none' });
  });
});

describe('a search that must fetch something', () => {
  const byWords = answerTo('gait', 'none');
  const byMeaning = answerTo('gait', 'small');

  it('is answered by words first, then by meaning', async () => {
    const { client, worker } = await setUpOpen();
    const onPartial = vi.fn();
    const search = client.search('gait', {}, onPartial);
    await worker.answerByWords(byWords);
    expect(onPartial).toHaveBeenCalledExactlyOnceWith(byWords);
    await worker.answer('search', { response: byMeaning });
    await expect(search).resolves.toEqual(byMeaning);
  });

  it('is answered by words when that fails; the state says why until a query has all it needs', async () => {
    const { client, worker } = await setUpOpen();
    const search = client.search('gait');
    await worker.answerByWords(byWords);
    const failure = { code: 'network', message: 'no connection' };
    await worker.answer('search', { response: byWords, failure });
    await expect(search).resolves.toEqual(byWords);
    expect(client.state).toMatchObject({ stage: 'words', error: failure });

    const again = client.search('gait');
    await worker.answer('search', { response: byMeaning });
    await again;
    expect(client.state.error).toBeUndefined();
  });

  it('makes no newer search wait, and is replaced by it', async () => {
    const { client, worker } = await setUpOpen();
    const onPartial = vi.fn();
    const first = client.search('gai', {}, onPartial);
    const { id } = await worker.request('search');
    await worker.answerByWords(answerTo('gai', 'none'));
    const second = client.search('gait');
    await expect(first).rejects.toMatchObject({ code: 'superseded' });
    await settle();
    expect(await worker.request('search')).toMatchObject({ query: 'gait' });
    const failure = { code: 'network' as const, message: 'too late to matter' };
    worker.reply({ id, kind: 'done', result: { response: answerTo('gai', 'none'), failure } });
    await settle();
    expect(client.state.error).toBeUndefined();
    await worker.answer('search', { response: byMeaning });
    await expect(second).resolves.toEqual(byMeaning);
  });

  it('starts the newer search that has waited as soon as it waits itself', async () => {
    const { client, worker } = await setUpOpen();
    const onPartial = vi.fn();
    const searches = Promise.allSettled([
      client.search('gai', {}, onPartial),
      client.search('gait'),
    ]);
    const { id } = await worker.request('search');
    worker.reply({ id, kind: 'partial', response: byWords });
    expect(onPartial).not.toHaveBeenCalled();
    await settle();
    await worker.answer('search', { response: byMeaning });
    expect(await searches).toMatchObject([{ status: 'rejected' }, { value: byMeaning }]);
  });

  it('that has lost a part leaves an error of another kind in the state alone', async () => {
    const { client, worker } = await setUpOpen();
    const loading = client.loadMeaning();
    await Promise.all([
      expect(loading).rejects.toMatchObject({ code: 'network' }),
      worker.refuse('loadMeaning', 'network', 'no encoder'),
    ]);
    const search = client.search('gait');
    await worker.answer('search', { response: byWords });
    await search;
    expect(client.state.error).toMatchObject({ message: 'no encoder' });
  });
});

describe('a site that is deployed anew', () => {
  const newer = { ...INFO, title: 'A newer book', hash: 'cd' };
  const answered = answerTo('gait');

  it('is answered from its new index, and the state tells of the new book', async () => {
    const { client, workers, worker } = await setUpOpen();
    const loading = client.loadMeaning();
    await worker.answer('loadMeaning', loaded('small'));
    await loading;
    const search = client.search('gait');
    const reopened = { encoder: 'small' as const, info: newer };
    await worker.answer('search', { response: answered, reopened });
    await expect(search).resolves.toEqual(answered);
    expect(client.state).toMatchObject({ stage: 'meaning', encoder: 'small', info: newer });
    expect(client.state.error).toBeUndefined();
    expect(workers).toHaveLength(1);
  });

  it('goes on by words where the encoder of the new index cannot be had', async () => {
    const { client, worker } = await setUpOpen();
    const loading = client.loadMeaning();
    await worker.answer('loadMeaning', loaded('small'));
    await loading;
    const search = client.search('gait');
    const failure = { code: 'network' as const, message: 'no connection' };
    const reopened = { encoder: 'none' as const, info: newer, failure };
    await worker.answer('search', { response: answered, reopened });
    await search;
    expect(client.state).toMatchObject({
      stage: 'words',
      encoder: 'none',
      info: newer,
      error: failure,
    });
    const again = client.loadMeaning();
    await worker.answer('loadMeaning', loaded('small'));
    await again;
    expect(client.state).toMatchObject({ stage: 'meaning', encoder: 'small' });
  });

  it('whose new index cannot be opened says why, and the search goes on when it can', async () => {
    const { client, worker } = await setUpOpen();
    const search = client.search('gait');
    await Promise.all([
      expect(search).rejects.toMatchObject({ code: 'shelf-missing' }),
      worker.refuse('search', 'shelf-missing'),
    ]);
    expect(client.state.stage).toBe('words');
    const again = client.search('gait');
    await worker.answer('search', { response: answered });
    await expect(again).resolves.toEqual(answered);
  });
});
