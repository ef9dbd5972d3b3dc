import { describe, expect, it, vi } from 'vitest';
import { answer, type Question } from '../src/client/answer.js';
import type { SearchMode } from '../src/wasm/browser/lectern_browser.js';
import { answerTo } from './answers.js';

/** An engine with the small encoder, which must fetch something for any query. */
class FakeEngine {
  encoder: 'none' | 'small' = 'small';
  ready = false;
  readonly asked: string[] = [];

  isReady = () => this.ready;

  prepare = vi.fn(async (query: string) => {
    this.asked.push(`prepare ${query}`);
    this.ready = true;
  });

  search = (query: string, options: { mode?: SearchMode } = {}) => {
    if (query === '') throw Object.assign(new Error('empty'), { code: 'query-empty' });
    this.asked.push(`search ${query}`);
    return answerTo(query, this.ready && options.mode !== 'words' ? this.encoder : 'none');
  };
}

function setUp(engine: FakeEngine, question: Partial<Question> = {}) {
  const onPartial = vi.fn();
  const done = answer(engine, { query: 'gait', onPartial, wanted: () => true, ...question });
  return { done, onPartial };
}

describe('an answer', () => {
  it('comes at once when the query needs nothing from the network', async () => {
    const engine = new FakeEngine();
    engine.ready = true;
    const { done, onPartial } = setUp(engine);
    expect(await done).toEqual({ response: answerTo('gait', 'small') });
    expect(onPartial).not.toHaveBeenCalled();
    expect(engine.asked).toEqual(['search gait']);
  });

  it.each([
    ['while no encoder is loaded', { encoder: 'none' as const }, undefined],
    ['when words alone are asked', {}, 'words' as const],
  ])('comes at once %s', async (_when, engine, mode) => {
    const fake = Object.assign(new FakeEngine(), engine);
    const { done } = setUp(fake, { options: { mode } });
    expect((await done).response.encoder).toBe('none');
    expect(fake.prepare).not.toHaveBeenCalled();
  });

  it('is by words first, then by meaning', async () => {
    const engine = new FakeEngine();
    const { done, onPartial } = setUp(engine);
    expect(onPartial).toHaveBeenCalledExactlyOnceWith(answerTo('gait', 'none'));
    expect(await done).toEqual({ response: answerTo('gait', 'small') });
    expect(engine.asked).toEqual(['search gait', 'prepare gait', 'search gait']);
  });

  it('stays by words when what the query needs cannot be fetched', async () => {
    const engine = new FakeEngine();
    const failure = { code: 'network', message: 'no connection' };
    engine.prepare.mockRejectedValue(Object.assign(new Error(failure.message), failure));
    expect(await setUp(engine).done).toEqual({ response: answerTo('gait', 'none'), failure });
  });

  it('fails when the engine itself does', async () => {
    const engine = new FakeEngine();
    engine.prepare.mockRejectedValue(new Error('unreachable'));
    await expect(setUp(engine).done).rejects.toThrow('unreachable');
  });

  it.each(['meaning', 'hybrid'] as const)('in the mode %s is never by words', async (mode) => {
    const engine = new FakeEngine();
    const { done, onPartial } = setUp(engine, { options: { mode } });
    expect(onPartial).toHaveBeenCalledExactlyOnceWith(undefined);
    expect((await done).response.encoder).toBe('small');
    engine.ready = false;
    engine.prepare.mockRejectedValue(Object.assign(new Error(), { code: 'network' }));
    await expect(setUp(engine, { options: { mode } }).done).rejects.toMatchObject({
      code: 'network',
    });
  });

  it('is not worked out for a question that a newer one has replaced', async () => {
    const engine = new FakeEngine();
    const { done } = setUp(engine, { wanted: () => false });
    await expect(done).rejects.toMatchObject({ code: 'superseded' });
    expect(engine.asked).toEqual(['search gait', 'prepare gait']);
  });

  it('to nothing is refused before anything is fetched', async () => {
    const engine = new FakeEngine();
    await expect(setUp(engine, { query: '' }).done).rejects.toMatchObject({ code: 'query-empty' });
    expect(engine.prepare).not.toHaveBeenCalled();
  });
});
