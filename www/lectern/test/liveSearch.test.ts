import { describe, expect, it } from 'vitest';
import type { SearchResponse } from '../src/client/index.js';
import { liveSearch, type LiveResult } from '../src/react/liveSearch.js';
import { answerTo, loaded } from './answers.js';
import { setUpOpen } from './clients.js';
import { settle } from './fakeWorker.js';

const BY_WORDS = answerTo('gait', 'none');

async function setUp(query = 'gait') {
  const { client, worker } = await setUpOpen();
  const results: LiveResult[] = [];
  const end = liveSearch(client, query, {}, (result) => results.push(result));
  return { client, worker, results, end };
}

function seen(results: LiveResult[]): (readonly [SearchResponse | undefined, boolean])[] {
  return results.map(({ response, refining }) => [response, refining] as const);
}

describe('a live search', () => {
  it('shows the answer by words and then the one by meaning', async () => {
    const { worker, results } = await setUp();
    await worker.answerByWords(BY_WORDS);
    await worker.answer('search', { response: answerTo('gait', 'small') });
    expect(seen(results)).toEqual([
      [BY_WORDS, true],
      [answerTo('gait', 'small'), false],
    ]);
  });

  it('keeps the same object when the final answer is no other', async () => {
    const { worker, results } = await setUp();
    await worker.answerByWords(structuredClone(BY_WORDS));
    await worker.answer('search', { response: structuredClone(BY_WORDS) });
    expect(results[1]!.response).toBe(results[0]!.response);
    expect(results[1]!.refining).toBe(false);
  });

  it('searches again when the encoder has changed, and keeps what there is until then', async () => {
    const { client, worker, results } = await setUp();
    await worker.answer('search', { response: BY_WORDS });
    const loading = client.loadMeaning();
    await worker.answer('loadMeaning', loaded('small'));
    await loading;
    await worker.answerByWords(BY_WORDS);
    const bySmall = answerTo('gait', 'small');
    await worker.answer('search', { response: bySmall });

    const better = client.loadMeaning('full');
    await settle();
    const searches = () => worker.requests.filter(({ call }) => call === 'search').length;
    expect(searches()).toBe(2);
    await worker.answer('loadMeaning', loaded('full'));
    await better;
    const byFull = answerTo('gait', 'full');
    await worker.answer('search', { response: byFull });
    expect(seen(results)).toEqual([
      [BY_WORDS, false],
      [BY_WORDS, true],
      [bySmall, false],
      [bySmall, true],
      [byFull, false],
    ]);
    expect(searches()).toBe(3);
  });

  it('shows why there is no answer', async () => {
    const { worker, results } = await setUp();
    await worker.refuse('search', 'query-long', 'too long');
    expect(results).toMatchObject([{ error: { code: 'query-long' }, refining: false }]);
  });

  it('does not open a client again that was closed', async () => {
    const { client, worker, results } = await setUp();
    await worker.answer('search', { response: BY_WORDS });
    client.close();
    await settle();
    expect(client.state.stage).toBe('idle');
    expect(results).toHaveLength(1);
  });

  it('says nothing more once it has ended', async () => {
    const { client, worker, results, end } = await setUp();
    end();
    await worker.answer('search', { response: BY_WORDS });
    const loading = client.loadMeaning();
    await worker.answer('loadMeaning', loaded('small'));
    await loading;
    expect(results).toEqual([]);
    expect(worker.requests.filter(({ call }) => call === 'search')).toHaveLength(1);
  });

  it('for nothing asks nobody and shows nothing', async () => {
    const { worker, results } = await setUp('  ');
    await settle();
    expect(results).toEqual([{ query: '  ', refining: false }]);
    expect(worker.requests).toHaveLength(1);
  });
});
