import { describe, expect, it, vi } from 'vitest';
import { answer, type Question } from '../src/client/answer.js';
import type { SearchMode } from '../src/wasm/browser/lectern_browser.js';
import { answerTo } from './answers.js';

/** An engine with the small encoder that fetches so many rounds for any query: words are there after one. */
class FakeEngine {
  readonly asked: string[] = [];
  private round = 0;

  constructor(
    private readonly rounds: number,
    private readonly encoder: 'none' | 'small' = 'small',
  ) {}

  retry = vi.fn();

  isReady = () => this.round >= this.rounds;

  prepare = vi.fn(async (_query: string, _options?: unknown): Promise<unknown> => {
    this.asked.push('prepare');
    this.round += 1;
    return undefined;
  });

  search = (query: string, options: { mode?: SearchMode } = {}) => {
    if (query === '') throw coded('query-empty');
    this.asked.push('search');
    if (this.isReady()) return answerTo(query, options.mode === 'words' ? 'none' : this.encoder);
    if (options.mode === 'meaning') throw coded('meaning-not-loaded');
    return this.round > 0 ? answerTo(query, 'none') : { ...answerTo(query, 'none'), pages: [] };
  };
}

function coded(code: string, message = code) {
  return Object.assign(new Error(message), { code });
}

function setUp(engine: FakeEngine, question: Partial<Question> = {}) {
  const onPartial = vi.fn();
  const done = answer(engine, { query: 'gait', onPartial, wanted: () => true, ...question });
  return { done, onPartial };
}

describe('an answer', () => {
  it('comes at once when the query needs nothing from the network', async () => {
    const engine = new FakeEngine(0);
    const { done, onPartial } = setUp(engine);
    expect(await done).toEqual({ response: answerTo('gait', 'small') });
    expect(onPartial).not.toHaveBeenCalled();
    expect(engine.asked).toEqual(['search']);
  });

  it('gets better round by round: nothing, words, meaning', async () => {
    const engine = new FakeEngine(3);
    const { done, onPartial } = setUp(engine);
    expect(await done).toEqual({ response: answerTo('gait', 'small') });
    const byWords = answerTo('gait', 'none');
    expect(onPartial.mock.calls).toEqual([[undefined], [byWords], [byWords]]);
    expect(engine.asked.filter((what) => what === 'prepare')).toHaveLength(3);
  });

  it('asks again for what earlier queries could not have, before anything else', async () => {
    const engine = new FakeEngine(1);
    await setUp(engine).done;
    expect(engine.retry).toHaveBeenCalledOnce();
    expect(engine.retry.mock.invocationCallOrder[0]).toBeLessThan(
      engine.prepare.mock.invocationCallOrder[0]!,
    );
  });

  it('takes three rounds, and no more where more would be needed', async () => {
    for (const rounds of [3, 1_000]) {
      const engine = new FakeEngine(rounds);
      const { response } = await setUp(engine).done;
      expect(engine.prepare).toHaveBeenCalledTimes(3);
      expect(response.pages).not.toEqual([]);
    }
  });

  it('passes the options on to what is fetched for it', async () => {
    const engine = new FakeEngine(1);
    const options = { mode: 'words' as const, limit: 3 };
    expect((await setUp(engine, { options }).done).response.encoder).toBe('none');
    expect(engine.prepare).toHaveBeenCalledExactlyOnceWith('gait', options);
  });

  it('does without a block that cannot be had, goes on with the other rounds, and gives the first reason', async () => {
    const engine = new FakeEngine(3);
    const goOn = engine.prepare.getMockImplementation()!;
    for (const code of ['network', 'shelf-checksum']) {
      engine.prepare.mockImplementationOnce(async (query) => {
        await goOn(query);
        return coded(code, 'no connection');
      });
    }
    expect(await setUp(engine).done).toEqual({
      response: answerTo('gait', 'small'),
      failure: { code: 'network', message: 'no connection' },
    });
    expect(engine.prepare).toHaveBeenCalledTimes(3);
  });

  it('stays by words when the vector of the query cannot be had', async () => {
    const engine = new FakeEngine(3);
    const goOn = engine.prepare.getMockImplementation()!;
    engine.prepare.mockImplementationOnce(goOn);
    engine.prepare.mockRejectedValueOnce(coded('network', 'no connection'));
    expect(await setUp(engine).done).toEqual({
      response: answerTo('gait', 'none'),
      failure: { code: 'network', message: 'no connection' },
    });
    expect(engine.prepare).toHaveBeenCalledTimes(2);
  });

  it('is the reason where nothing is found and something could not be had', async () => {
    const engine = new FakeEngine(3);
    engine.prepare.mockRejectedValue(coded('network', 'no connection'));
    await expect(setUp(engine).done).rejects.toMatchObject({
      code: 'network',
      message: 'no connection',
    });
  });

  it('is left to a newer index where the site has one', async () => {
    const engine = new FakeEngine(3);
    engine.prepare.mockRejectedValue(coded('shelf-changed'));
    await expect(setUp(engine).done).rejects.toMatchObject({ code: 'shelf-changed' });
  });

  it('fails when the engine itself does', async () => {
    const engine = new FakeEngine(1);
    engine.prepare.mockRejectedValue(new Error('unreachable'));
    await expect(setUp(engine).done).rejects.toThrow('unreachable');
  });

  it('in the mode meaning is never by words', async () => {
    const options = { mode: 'meaning' as const };
    const engine = new FakeEngine(2);
    const { done, onPartial } = setUp(engine, { options });
    expect((await done).response.encoder).toBe('small');
    expect(onPartial.mock.calls).toEqual([[undefined], [undefined]]);
    const cut = new FakeEngine(2);
    cut.prepare.mockRejectedValue(coded('network'));
    await expect(setUp(cut, { options }).done).rejects.toMatchObject({ code: 'network' });
  });

  it('is not worked out for a question that a newer one has replaced', async () => {
    const engine = new FakeEngine(3);
    const { done } = setUp(engine, { wanted: () => false });
    await expect(done).rejects.toMatchObject({ code: 'superseded' });
    expect(engine.asked).toEqual(['search', 'prepare']);
  });

  it('to nothing is refused before anything is fetched', async () => {
    const engine = new FakeEngine(1);
    await expect(setUp(engine, { query: '' }).done).rejects.toMatchObject({ code: 'query-empty' });
    expect(engine.prepare).not.toHaveBeenCalled();
  });
});
