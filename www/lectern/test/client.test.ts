import { afterEach, describe, expect, it, vi } from 'vitest';
import { createClient } from '../src/client/index.js';
import { answerTo, INFO, loaded } from './answers.js';
import { setUp, setUpOpen, SHELF_URL } from './clients.js';
import { settle } from './fakeWorker.js';

const ANSWER = { quotes: [{ number: 1, text: 'Gait.', code: false }], sources: [] };

afterEach(() => vi.unstubAllGlobals());

describe('loading', () => {
  it('starts no worker before it is asked to', () => {
    const { client, workers } = setUp();
    expect(workers).toHaveLength(0);
    expect(client.state.stage).toBe('idle');
  });

  it('goes from words to meaning and reports progress on the way', async () => {
    const { client, workers } = setUp();
    const stages: string[] = [];
    client.subscribe(() => stages.push(`${client.state.stage} ${client.state.loaded}`));
    const started = client.start();
    const worker = workers[0]!;
    const { id } = await worker.request('open');
    worker.reply({ id, kind: 'progress', loaded: 5, total: 9 });
    await worker.answer('open', INFO);
    await worker.answer('loadMeaning', loaded('small'));
    await started;
    expect(stages).toEqual([
      'loading-words 0',
      'loading-words 5',
      'words 5',
      'loading-meaning 0',
      'meaning 0',
    ]);
    expect(client.state.info).toEqual(INFO);
  });

  it('opens once however often it is asked', async () => {
    const { client, workers, worker } = await setUpOpen();
    await Promise.all([client.open(), client.open()]);
    expect(workers).toHaveLength(1);
    expect(worker.requests).toHaveLength(1);
  });

  it('keeps to words where the browser saves data, unless meaning is asked for', async () => {
    vi.stubGlobal('navigator', { connection: { saveData: true } });
    const { client, worker } = await setUpOpen();
    await client.start();
    expect(client.state.stage).toBe('words');
    const loading = client.loadMeaning();
    await worker.answer('loadMeaning', loaded('small'));
    await loading;
    expect(client.state.stage).toBe('meaning');
  });

  it('gives a state that stays the same object until it changes', async () => {
    const { client } = await setUpOpen();
    expect(client.getSnapshot()).toBe(client.getSnapshot());
  });
});

describe('engines', () => {
  it('opens a book in English with the engine for English, and any other with the one for all', async () => {
    for (const [lang, engine] of [
      ['en', 'english'],
      ['en-GB', 'english'],
      ['enm', 'all'],
      ['de', 'all'],
      [undefined, 'all'],
    ] as const) {
      const { client, workers } = setUp({ lang });
      void client.open();
      expect(await workers[0]!.request('open')).toMatchObject({ engine });
    }
  });

  it('takes the language of the page unless told', async () => {
    vi.stubGlobal('document', { documentElement: { lang: 'en-US' } });
    const { client, workers } = setUp();
    void client.open();
    expect(await workers[0]!.request('open')).toMatchObject({ engine: 'english' });
  });

  it('begins anew with the engine for all where the book is in another language than told', async () => {
    const german = { ...INFO, lang: 'de' };
    const { client, workers } = setUp({ lang: 'en' });
    const opened = client.open();
    await workers[0]!.answer('open', german);
    expect(workers[0]!.terminated).toBe(true);
    expect(await workers[1]!.request('open')).toMatchObject({ engine: 'all' });
    await workers[1]!.answer('open', german);
    await expect(opened).resolves.toEqual(german);
    expect(workers).toHaveLength(2);
  });

  it('does not begin anew once it was closed', async () => {
    const { client, workers } = setUp({ lang: 'en' });
    const opened = client.open();
    const answered = workers[0]!.answer('open', { ...INFO, lang: 'de' });
    client.close();
    await Promise.all([expect(opened).rejects.toMatchObject({ code: 'closed' }), answered]);
    expect(workers).toHaveLength(1);
  });
});

describe('failures', () => {
  it('fails as a whole when the words cannot be loaded, and opens again with a new worker', async () => {
    const { client, workers } = setUp();
    const opened = client.open();
    await Promise.all([
      expect(opened).rejects.toMatchObject({ code: 'shelf-missing' }),
      workers[0]!.refuse('open', 'shelf-missing'),
    ]);
    expect(client.state).toMatchObject({ stage: 'failed', error: { code: 'shelf-missing' } });
    expect(workers[0]!.terminated).toBe(true);

    const again = client.open();
    await workers[1]!.answer('open', INFO);
    await again;
    expect(client.state).toMatchObject({ stage: 'words', error: undefined });
  });

  it('keeps words when meaning cannot be loaded, and loads it on another try', async () => {
    const { client, worker } = await setUpOpen();
    const loading = client.loadMeaning();
    await Promise.all([
      expect(loading).rejects.toMatchObject({ code: 'network' }),
      worker.refuse('loadMeaning', 'network', 'no connection'),
    ]);
    expect(client.state).toMatchObject({ stage: 'words', error: { message: 'no connection' } });

    const search = client.search('gait');
    await worker.answer('search', { response: answerTo('gait') });
    await expect(search).resolves.toMatchObject({ query: 'gait' });

    const again = client.loadMeaning();
    await worker.answer('loadMeaning', loaded('small'));
    await again;
    expect(client.state).toMatchObject({ stage: 'meaning', error: undefined });
  });

  it('says what a site must allow when the worker never starts', async () => {
    const { client, workers } = setUp();
    const opened = client.open();
    workers[0]!.crash();
    await expect(opened).rejects.toMatchObject({
      code: 'no-worker',
      message: expect.stringContaining("worker-src 'self'"),
    });
  });

  it('names the reason when making the worker throws', async () => {
    const client = createClient({
      shelfUrl: SHELF_URL,
      workerFactory: () => {
        throw new Error('blocked');
      },
    });
    await expect(client.open()).rejects.toMatchObject({
      code: 'no-worker',
      message: expect.stringContaining('blocked'),
    });
  });

  it('says so where there is no WebAssembly', async () => {
    vi.stubGlobal('WebAssembly', undefined);
    const { client, workers } = setUp();
    await expect(client.open()).rejects.toMatchObject({ code: 'no-wasm' });
    expect(workers).toHaveLength(0);
  });

  it('fails as a whole when the worker dies in a search, and does not try again by itself', async () => {
    const { client, workers, worker } = await setUpOpen();
    const search = client.search('gait');
    await worker.request('search');
    worker.crash('unreachable');
    await expect(search).rejects.toMatchObject({ code: 'worker-failed' });
    expect(client.state.stage).toBe('failed');
    await expect(client.search('gait')).rejects.toMatchObject({ code: 'worker-failed' });
    expect(workers).toHaveLength(1);
  });

  it('stays open after a query that cannot be answered', async () => {
    const { client, worker } = await setUpOpen();
    const search = client.search('x'.repeat(10_000));
    await Promise.all([
      expect(search).rejects.toMatchObject({ code: 'query-long' }),
      worker.refuse('search', 'query-long'),
    ]);
    expect(client.state.stage).toBe('words');
  });
});

describe('searching', () => {
  it('opens the book first when that has not happened', async () => {
    const { client, workers } = setUp();
    const search = client.search('zmp', { limit: 3, mode: undefined });
    await settle();
    const worker = workers[0]!;
    await worker.answer('open', INFO);
    expect(await worker.request('search')).toMatchObject({ query: 'zmp', options: { limit: 3 } });
    expect(await worker.request('search')).not.toHaveProperty('options.mode');
    await worker.answer('search', { response: answerTo('zmp') });
    await expect(search).resolves.toMatchObject({ query: 'zmp' });
  });

  it('answers the newest query alone and never sends those in between', async () => {
    const { client, worker } = await setUpOpen();
    const first = client.search('g');
    await worker.request('search');
    const later = ['ga', 'gai', 'gait'].map((query) => client.search(query));
    const outcomes = Promise.allSettled([first, ...later]);
    await worker.answer('search', { response: answerTo('g') });
    await worker.answer('search', { response: answerTo('gait') });
    expect((await outcomes).map((outcome) => outcome.status)).toEqual([
      'rejected',
      'rejected',
      'rejected',
      'fulfilled',
    ]);
    await expect(first).rejects.toMatchObject({ code: 'superseded' });
    const sent = worker.requests.flatMap((request) =>
      request.call === 'search' ? request.query : [],
    );
    expect(sent).toEqual(['g', 'gait']);
  });

  it('leaves questions alone', async () => {
    const { client, worker } = await setUpOpen();
    const [asked, search] = [client.answer('what is gait?'), client.search('gait')];
    await worker.request('answer');
    await worker.answer('search', { response: answerTo('gait') });
    await search;
    await worker.answer('answer', { answer: ANSWER });
    await expect(asked).resolves.toEqual(ANSWER);
  });

  it('ends what is under way when it is closed, and can be opened again', async () => {
    const { client, workers, worker } = await setUpOpen();
    const search = client.search('gait');
    await worker.request('search');
    client.close();
    await expect(search).rejects.toMatchObject({ code: 'closed' });
    expect(worker.terminated).toBe(true);
    expect(client.state).toMatchObject({ stage: 'idle', info: undefined });
    const opened = client.open();
    await workers[1]!.answer('open', INFO);
    await opened;
    expect(client.state.stage).toBe('words');
  });
});

describe('asking', () => {
  it('opens the book first, and says where to look as the index has it', async () => {
    const { client, workers } = setUp();
    const asked = client.answer('why?', { page: 'gait/%C3%BCber', text: undefined });
    await settle();
    await workers[0]!.answer('open', INFO);
    const request = await workers[0]!.request('answer');
    expect(request).toMatchObject({ question: 'why?', scope: { page: 'gait/über' } });
    expect(request).not.toHaveProperty('scope.text');
    await workers[0]!.answer('answer', { answer: ANSWER });
    await expect(asked).resolves.toEqual(ANSWER);
  });

  it('gives what there is and keeps the reason for what there is not until the same is had', async () => {
    const { client, worker } = await setUpOpen();
    const failure = { code: 'network', message: 'no connection' };
    const asked = client.answer('why?');
    await worker.answer('answer', { answer: ANSWER, failure });
    await expect(asked).resolves.toEqual(ANSWER);
    expect(client.state).toMatchObject({ stage: 'words', error: failure });
    const starters = client.starters('gait/100%');
    expect(await worker.request('starters')).toMatchObject({ page: 'gait/100%' });
    await worker.answer('starters', { starters: ['Gait'] });
    await expect(starters).resolves.toEqual(['Gait']);
    expect(client.state.error).toMatchObject(failure);
    const again = client.answer('why?');
    await worker.answer('answer', { answer: ANSWER });
    await again;
    expect(client.state.error).toBeUndefined();
  });

  it('has no passages of a book that the site has replaced, and tells of the new one', async () => {
    const { client, worker } = await setUpOpen();
    const passages = client.passages([3, 4]);
    const failure = { code: 'shelf-changed', message: 'changed' };
    const reopened = { encoder: 'small', info: { ...INFO, hash: 'cd' } };
    await Promise.all([
      expect(passages).rejects.toMatchObject({ code: 'shelf-changed' }),
      worker.answer('passages', { passages: [], failure, reopened }),
    ]);
    expect(client.state).toMatchObject({ stage: 'meaning', info: { hash: 'cd' } });
  });

  it('ends when the client is closed', async () => {
    const { client, worker } = await setUpOpen();
    const asked = Promise.allSettled([
      client.answer('why?'),
      client.passages([1]),
      client.starters('a'),
    ]);
    await worker.request('starters');
    client.close();
    for (const outcome of await asked) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'closed' } });
    }
  });
});
