import { describe, expect, it, vi } from 'vitest';
import { ask, passagesOf, startersOf, type Asking } from '../src/client/ask.js';
import type { Hit, PassageText } from '../src/wasm/browser/lectern_browser.js';
import { answerTo } from './answers.js';

const coded = (code: string, message = code) => Object.assign(new Error(message), { code });

function passage(number: number): PassageText {
  const headings = ['Balance', `Part ${number}`];
  return { passage: number, url: `gait/#p${number}`, title: 'Gait', headings, text: 'Text.' };
}

function hit(number: number, score: number): Hit {
  const snippet = { text: '', highlights: [], code: false };
  return { passage: number, url: '', headings: [], score, snippet, duplicates: [] };
}

/** An engine of a book with one page, of passages 3 to 6, that fetches one round for anything. */
function engineOf() {
  let isReady = false;
  const prepare = vi.fn(async (..._: unknown[]): Promise<unknown> => void (isReady = true));
  return {
    isReady: vi.fn(() => isReady),
    prepare,
    preparePage: vi.fn(async (): Promise<unknown> => undefined),
    preparePassages: vi.fn(async (): Promise<unknown> => undefined),
    retry: vi.fn(),
    search: vi.fn((query: string, _options?: unknown) => ({
      ...answerTo(query),
      pages: [
        { url: 'gait/', title: 'Gait', hits: [hit(6, 0.5), hit(4, 0.2)] },
        { url: 'other/', title: 'Other', hits: [hit(9, 0.5), hit(5, 0.3)] },
      ],
    })),
    answer: vi.fn((question: string, _: number[]) => [{ number: 1, text: question, code: false }]),
    passages: vi.fn((numbers: number[]) => numbers.map(passage)),
    page: vi.fn((url: string) =>
      url === 'gait/' ? { passages: [3, 4, 5, 6], starters: [5, 3] } : undefined,
    ),
    around: vi.fn((_: number[], text: string) => (text.includes('ankle') ? [4, 5] : [])),
  } satisfies Record<keyof Asking, unknown>;
}

describe('a question', () => {
  it('is answered from what a search finds, the best first, its last word taken for whole', async () => {
    const engine = engineOf();
    const { answer, failure } = await ask(engine, ' what is zmp? ');
    expect(engine.prepare).toHaveBeenCalledExactlyOnceWith('what is zmp? ', {
      limit: 8,
      within: [],
    });
    expect(engine.answer).toHaveBeenCalledExactlyOnceWith('what is zmp? ', [6, 9, 5, 4]);
    expect(answer.sources.map((source) => source.passage)).toEqual([6, 9, 5, 4]);
    expect(answer.quotes).toHaveLength(1);
    expect(failure).toBeUndefined();
    expect(engine.retry).toHaveBeenCalledOnce();
  });

  it('about a page looks there alone, however its address was written', async () => {
    const engine = engineOf();
    for (const page of ['gait/', 'gait/#zmp', 'gait/?q=1#zmp']) {
      await ask(engine, 'zmp', { page });
      expect(engine.search.mock.lastCall![1]).toMatchObject({ within: ['gait/#'] });
    }
    expect(engine.around).not.toHaveBeenCalled();
  });

  it('about a selected text is answered from the passages around it, and no search chooses others', async () => {
    const engine = engineOf();
    const { answer } = await ask(engine, 'why?', { page: 'gait/', text: 'the ankle' });
    expect(engine.around).toHaveBeenCalledExactlyOnceWith([3, 4, 5, 6], 'the ankle');
    expect(engine.answer).toHaveBeenCalledExactlyOnceWith('why? ', [4, 5]);
    expect(engine.search).not.toHaveBeenCalled();
    expect(answer.sources.map((source) => source.passage)).toEqual([4, 5]);
  });

  it('that names nothing of a selected text is answered by what speaks of that text', async () => {
    const engine = engineOf();
    engine.answer.mockReturnValueOnce([]);
    await ask(engine, 'explain this', { page: 'gait/', text: 'the ankle gives way' });
    expect(engine.answer.mock.calls).toEqual([
      ['explain this ', [4, 5]],
      ['the ankle gives way ', [4, 5]],
    ]);
  });

  it('about a text that the page does not have searches the page for both', async () => {
    const engine = engineOf();
    const text = `knee ${'x'.repeat(400)}`;
    await ask(engine, 'why?', { page: 'gait/', text });
    expect(engine.search).toHaveBeenCalledExactlyOnceWith('why? knee ', {
      limit: 8,
      within: ['gait/#'],
    });
    await ask(engine, 'why?', { text: 'the ankle' });
    expect(engine.search.mock.lastCall).toEqual(['why? the ankle ', { limit: 8, within: [] }]);
  });

  it('does without what cannot be had, and says why', async () => {
    const engine = engineOf();
    engine.preparePassages.mockResolvedValueOnce(coded('network', 'no connection'));
    const found = await ask(engine, 'why?', { page: 'gait/', text: 'the ankle' });
    expect(found.failure).toEqual({ code: 'network', message: 'no connection' });
    expect(found.answer.quotes).toHaveLength(1);
  });

  it('is the reason where there are no passages and something could not be had', async () => {
    const engine = engineOf();
    engine.prepare.mockRejectedValue(coded('network'));
    engine.search.mockImplementation((query) => ({ ...answerTo(query), pages: [] }));
    await expect(ask(engine, 'zmp')).rejects.toMatchObject({ code: 'network' });
  });

  it('that the book does not answer has sources or none, and no quotation', async () => {
    const engine = engineOf();
    engine.search.mockImplementation((query) => ({ ...answerTo(query), pages: [] }));
    engine.answer.mockReturnValue([]);
    const { answer } = await ask(engine, 'zmp');
    expect(answer).toEqual({ quotes: [], sources: [] });
    expect(engine.answer).toHaveBeenCalledOnce();
  });

  it('is left to a newer index where the site has one, wherever that is noticed', async () => {
    for (const name of ['prepare', 'preparePage', 'preparePassages'] as const) {
      const engine = engineOf();
      engine[name].mockRejectedValue(coded('shelf-changed'));
      const asked = ask(engine, 'why?', { page: 'gait/', text: 'the ankle' });
      await expect(asked).rejects.toMatchObject({ code: 'shelf-changed' });
    }
  });
});

describe('passages and starters', () => {
  it('come with their texts, and with what could not be had', async () => {
    const engine = engineOf();
    engine.preparePassages.mockResolvedValueOnce(coded('shelf-missing', 'a file is gone'));
    expect(await passagesOf(engine, [7])).toEqual({
      passages: [passage(7)],
      failure: { code: 'shelf-missing', message: 'a file is gone' },
    });
  });

  it('are the headings that the index names, in its order', async () => {
    const engine = engineOf();
    expect(await startersOf(engine, 'gait/')).toEqual({ starters: ['Part 5', 'Part 3'] });
    expect(engine.preparePassages).toHaveBeenCalledExactlyOnceWith([5, 3]);
    expect((await startersOf(engine, 'nowhere')).starters).toEqual([]);
  });
});
