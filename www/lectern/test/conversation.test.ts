import { describe, expect, it, vi } from 'vitest';
import { LecternError } from '../src/client/index.js';
import { Conversation, Panel, type Scope } from '../src/conversation/index.js';
import { INFO } from './answers.js';
import { answered, begun, PASSAGE, refused, setUp } from './asking.js';

const NEVER = new Promise<never>(() => undefined);
const SELECTION: Scope = { kind: 'selection', page: 'gait/', text: 'The leg' };

describe('a conversation with a relay', () => {
  it('shows sources before text, and the text as it grows', async () => {
    const { conversation, relay, turns } = setUp();
    let say = () => {};
    const gate = new Promise<void>((resolve) => (say = resolve));
    const said = answered('It swings. [1]');
    relay.scripts = [[...said.slice(0, 2), gate, ...said.slice(2)]];
    const asked = conversation.ask(' How? ');
    await vi.waitFor(() => expect(turns()[0]!.sources.length).toBe(1));
    expect(turns()[0]).toMatchObject({ state: 'waiting', text: '' });
    say();
    await asked;
    expect(turns()).toMatchObject([
      { question: 'How?', state: 'done', text: 'It swings. [1]', message: 'm1', book: INFO.hash },
    ]);
    expect(turns()[0]!.sources).toEqual([
      { number: 1, passage: 7, url: PASSAGE.url, title: 'Gait', headings: ['Swing'] },
    ]);
  });

  it('sends what the browser has found with a first question on the whole book alone', async () => {
    const { conversation, relay, book } = setUp();
    book.findsByMeaning(3, 7);
    relay.scripts = [answered('a'), answered('b')];
    await conversation.ask('How?');
    await conversation.ask('Why?');
    expect(relay.asked[0]).toMatchObject({ passages: [7, 3], book: INFO.hash });
    expect(relay.asked[1]).not.toHaveProperty('passages');
  });

  it('sends no passages before the browser searches by meaning', async () => {
    const { conversation, relay } = setUp();
    relay.scripts = [answered('a')];
    await conversation.ask('How?');
    expect(relay.asked[0]).toEqual({ question: 'How?', messages: [] });
  });

  it('asks again without passages where the relay has another edition, and says so', async () => {
    const { conversation, relay, book, turns } = setUp();
    book.findsByMeaning(3);
    relay.scripts = [[refused('shelf_changed', 409)], answered('a', { book: 'other' })];
    await conversation.ask('How?');
    expect(relay.asked[1]).not.toHaveProperty('passages');
    expect(turns()[0]).toMatchObject({ state: 'done', otherBook: true, text: 'a' });
  });

  it('continues: by id where the relay keeps it, else by telling what was said', async () => {
    const { conversation, relay } = setUp();
    relay.scripts = [answered('a'), answered('b', { conversation: 'c1' }), answered('c')];
    for (const question of ['One?', 'Two?', 'Three?']) await conversation.ask(question);
    expect(relay.asked[1]!.messages).toEqual([
      { role: 'user', parts: [{ type: 'text', text: 'One?' }] },
      { role: 'assistant', parts: [{ type: 'text', text: 'a' }] },
    ]);
    expect(relay.asked[2]).toEqual({ question: 'Three?', conversation: 'c1' });
  });

  it('goes on without a conversation that the relay has no more', async () => {
    const { conversation, relay, turns } = setUp();
    relay.scripts = [
      answered('a', { conversation: 'c1' }),
      [refused('not_found', 404)],
      answered('b'),
    ];
    await conversation.ask('One?');
    await conversation.ask('Two?');
    expect(relay.asked[2]).not.toHaveProperty('conversation');
    expect(turns()[1]).toMatchObject({ state: 'done', text: 'b' });
  });

  it('restricts a question to a selection', async () => {
    const { conversation, relay, book } = setUp();
    book.findsByMeaning(3);
    relay.scripts = [answered('a')];
    await conversation.ask('Why?', SELECTION);
    expect(relay.asked[0]).toEqual({
      question: 'Why?',
      messages: [],
      mode: 'selection',
      selection: { page: 'gait/', text: 'The leg' },
    });
  });

  it('keeps what came of an answer that breaks off, and quotes when asked to', async () => {
    const { conversation, relay, turns } = setUp();
    relay.scripts = [[...begun('It sw'), refused('cut')]];
    await conversation.ask('How?');
    expect(turns()[0]).toMatchObject({ state: 'cut', why: 'unreachable', text: 'It sw' });
    await conversation.quote(turns()[0]!.id);
    expect(turns()[0]).toMatchObject({ text: 'It sw', quoted: { sources: [{ number: 1 }] } });
  });

  it('marks an answer as broken off when the relay says that it is', async () => {
    const { conversation, relay, turns } = setUp();
    relay.scripts = [[...begun('It sw'), { type: 'error', errorText: 'secret' }]];
    await conversation.ask('How?');
    expect(turns()[0]).toMatchObject({ state: 'cut', why: 'unavailable' });
    expect(JSON.stringify(turns())).not.toContain('secret');
  });

  it.each([
    [refused('network'), 'unreachable'],
    [refused('timeout'), 'unreachable'],
    [refused('not_signed_in', 401), 'signed-out'],
    [refused('too_many_requests', 429, 120), 'busy'],
    [refused('internal', 500), 'unavailable'],
    [refused('not_a_relay', 404), 'unavailable'],
    [new TypeError('x'), 'unavailable'],
  ])('quotes the book where the relay does not answer: %s', async (error, why) => {
    const { conversation, relay, turns } = setUp();
    relay.scripts = [[error]];
    await conversation.ask('How?');
    expect(turns()[0]).toMatchObject({ state: 'done', why, text: '', quoted: { quotes: [{}] } });
  });

  it('tells when to ask again', async () => {
    const { conversation, relay, turns } = setUp();
    relay.scripts = [[refused('too_many_requests', 429, 120)]];
    await conversation.ask('How?');
    expect(turns()[0]!.retryAfter).toBe(120);
  });

  it('quotes where the model refuses', async () => {
    const { conversation, relay, turns } = setUp();
    relay.scripts = [[{ type: 'finish', finishReason: 'content-filter' }]];
    await conversation.ask('How?');
    expect(turns()[0]).toMatchObject({ why: 'refused', quoted: {} });
  });

  it('does not quote for a question that is too long', async () => {
    const { conversation, relay, book, turns } = setUp();
    relay.scripts = [[refused('question_long', 400)]];
    await conversation.ask('How?');
    expect(turns()[0]).toMatchObject({ state: 'failed', why: 'too-long' });
    expect(book.asked).toEqual([]);
  });

  it('stops: what came stays, what comes later does not', async () => {
    const { conversation, relay, turns } = setUp();
    relay.scripts = [[...begun('It sw'), NEVER, { type: 'text-delta', id: 't', delta: 'ings' }]];
    const asked = conversation.ask('How?');
    await vi.waitFor(() => expect(turns()[0]!.text).toBe('It sw'));
    conversation.stop();
    await asked;
    expect(turns()[0]).toMatchObject({ state: 'stopped', text: 'It sw' });
  });

  it('asks again in the place of an answer', async () => {
    const { conversation, relay, turns } = setUp();
    relay.scripts = [[refused('network')], answered('b'), answered('c')];
    await conversation.ask('One?');
    await conversation.ask('Two?');
    await conversation.retry(turns()[0]!.id);
    expect(turns().map(({ text }) => text)).toEqual(['c', 'b']);
    expect(turns()[0]!.quoted).toBeUndefined();
    expect(relay.asked[2]!.messages).toEqual([]);
  });

  it('a retry while the answer comes is not disturbed by what the first try still says', async () => {
    const { conversation, relay, turns } = setUp();
    relay.scripts = [[...begun('old'), NEVER], answered('new')];
    const first = conversation.ask('One?');
    await vi.waitFor(() => expect(turns()[0]!.text).toBe('old'));
    await conversation.retry(turns()[0]!.id);
    await first;
    expect(turns()[0]).toMatchObject({ text: 'new', state: 'done' });
  });

  it('asks the question again once somebody has signed in whose session had ended', async () => {
    const { conversation, relay, turns } = setUp();
    relay.session.set({ status: 'signed-in' });
    relay.scripts = [[refused('not_signed_in', 401)], answered('a')];
    await conversation.ask('How?');
    expect(turns()[0]).toMatchObject({ why: 'expired', quoted: {} });
    relay.session.set({ status: 'expired' });
    conversation.awaitSignIn(turns()[0]!.id);
    relay.session.set({ status: 'signed-in' });
    await vi.waitFor(() => expect(turns()[0]).toMatchObject({ state: 'done', text: 'a' }));
  });

  it('leaves nothing of a reader who signs out', async () => {
    const { conversation, relay, turns, tab } = setUp();
    relay.session.set({ status: 'signed-in' });
    relay.scripts = [answered('secret', { conversation: 'c1' })];
    await conversation.ask('How?');
    relay.session.set({ status: 'signed-out' });
    expect(turns()).toEqual([]);
    expect(JSON.stringify(tab)).not.toContain('secret');
  });

  it('rates an answer by its id', async () => {
    const { conversation, relay, turns } = setUp();
    relay.scripts = [answered('a')];
    await conversation.ask('How?');
    await conversation.rate(turns()[0]!.id, 'down', 'why');
    expect(relay.rated).toEqual([{ message: 'm1', rating: 'down', note: 'why' }]);
    expect(turns()[0]!.rating).toBe('down');
  });
});

describe('a conversation without a relay', () => {
  it('quotes the book, within what the question is about', async () => {
    const { conversation, book, turns } = setUp({ relay: false });
    await conversation.ask('How?');
    await conversation.ask('Why?', SELECTION);
    await conversation.ask('When?', { kind: 'page', page: 'gait/' });
    expect(turns()[0]).toMatchObject({ state: 'done', why: 'no-relay' });
    expect(turns()[0]!.quoted!.sources).toEqual([{ ...PASSAGE, number: 1 }]);
    expect(book.asked).toEqual([
      ['How?', undefined],
      ['Why?', { page: 'gait/', text: 'The leg' }],
      ['When?', { page: 'gait/' }],
    ]);
  });

  it('does not ask a relay while the browser is offline', async () => {
    const { conversation, relay, turns } = setUp({ online: () => false });
    await conversation.ask('How?');
    expect(relay.asked).toEqual([]);
    expect(turns()[0]).toMatchObject({ why: 'offline', quoted: {} });
  });

  it.each([
    ['no-wasm', 'no-engine'],
    ['no-worker', 'no-engine'],
    ['network', 'no-index'],
    ['query-long', 'too-long'],
    ['worker-failed', 'other'],
  ] as const)('says what is wrong where nothing can be quoted: %s', async (code, trouble) => {
    const { conversation, book, turns } = setUp({ relay: false });
    book.fail = new LecternError(code, 'x');
    await conversation.ask('How?');
    expect(turns()[0]).toMatchObject({ state: 'failed', trouble });
  });
});

describe('a page that is loaded again', () => {
  it('has the question that was typed and the turns, of which one under way has broken off', async () => {
    const { conversation, relay, circle } = setUp();
    relay.scripts = [answered('a'), [...begun('half'), NEVER]];
    await conversation.ask('One?');
    void conversation.ask('Two?');
    await vi.waitFor(() => expect(relay.asked.length).toBe(2));
    await vi.waitFor(() => expect(conversation.state.getSnapshot().turns[1]!.text).toBe('half'));
    conversation.type({ text: 'And wh', scope: SELECTION });
    const again = new Conversation(circle);
    expect(again.draft.getSnapshot()).toEqual({ text: 'And wh', scope: SELECTION });
    expect(again.state.getSnapshot().turns).toMatchObject([
      { text: 'a', state: 'done' },
      { text: 'half', state: 'cut' },
    ]);
  });
});

describe('the panel', () => {
  it('follows each wish once', () => {
    const { conversation, turns } = setUp({ relay: false });
    const panel = new Panel(conversation);
    const wish = { question: 'How?', selection: { page: 'gait/', text: 'The leg' } };
    expect([panel.take(wish), panel.take(wish)]).toEqual([true, false]);
    expect(turns()).toMatchObject([{ question: 'How?', scope: SELECTION }]);
    panel.take({ view: 'account' });
    expect(panel.view.getSnapshot()).toBe('account');
    panel.take({ question: 'Why?' });
    expect(panel.view.getSnapshot()).toBe('ask');
    expect(turns()[1]!.scope).toEqual({ kind: 'book' });
  });
});
