import { describe, expect, it, vi } from 'vitest';
import { Archive, Conversation, Keeping, markdownOf } from '../src/conversation/index.js';
import { endOfSentences, spoken } from '../src/conversation/speech.js';
import { newTurn, BOOK, type Turn } from '../src/conversation/turn.js';
import { FakeRelay, FakeStorage, PASSAGE, setUp } from './asking.js';

function keepingWith(shared: FakeStorage): Keeping {
  return new Keeping('/', new FakeStorage().asStorage, shared.asStorage);
}

function saved(id: string, ...turns: Turn[]) {
  return { id, at: Number(id), turns };
}

describe('conversations in a browser', () => {
  it('are kept where the relay keeps none, the latest first', async () => {
    const { conversation, keeping } = setUp({ relay: false });
    await conversation.ask('One?');
    const first = conversation.state.getSnapshot().id;
    conversation.startNew();
    await conversation.ask('Two?');
    expect(keeping.list().map(({ turns }) => turns[0]!.question)).toContain('One?');
    expect(keeping.list().length).toBe(2);
    conversation.open(keeping.list().find(({ id }) => id === first)!);
    expect(conversation.state.getSnapshot().turns).toMatchObject([{ question: 'One?' }]);
  });

  it('of two tabs do not overwrite each other, nor the turns of the same one', () => {
    const shared = new FakeStorage();
    const [one, two] = [keepingWith(shared), keepingWith(shared)];
    const [a, b, c] = ['a', 'b', 'c'].map((text) => newTurn(text, BOOK));
    one.keep(saved('1', a!, b!));
    two.keep(saved('2', a!));
    two.keep(saved('1', a!, c!));
    expect(one.list().map(({ id }) => id)).toEqual(['2', '1']);
    const questions = one.list()[1]!.turns.map(({ question }) => question);
    expect(questions.sort()).toEqual(['a', 'b', 'c']);
  });

  it('are not without bound: the oldest go', () => {
    const keeping = keepingWith(new FakeStorage());
    for (let id = 100; id < 200; id += 1) keeping.keep(saved(`${id}`, newTurn('a', BOOK)));
    expect(keeping.list().length).toBeLessThan(40);
    expect(keeping.list()[0]!.id).toBe('199');
  });

  it('make room for a new one where storage is full, and go on where there is none', () => {
    const shared = new FakeStorage(1_200);
    const keeping = keepingWith(shared);
    for (let id = 1; id < 9; id += 1) keeping.keep(saved(`${id}`, newTurn('a', BOOK)));
    expect(keeping.list().map(({ id }) => id)).toContain('8');
    expect(() => keeping.keep(saved('9', newTurn('x'.repeat(5_000), BOOK)))).not.toThrow();
  });

  it('need no storage', async () => {
    const { conversation, circle } = setUp({ relay: false });
    const blocked = () => {
      throw new Error('SecurityError');
    };
    vi.stubGlobal('window', { get: blocked });
    const own = new Conversation({ ...circle, keeping: new Keeping('/', undefined, undefined) });
    await own.ask('One?');
    expect(own.state.getSnapshot().turns).toMatchObject([{ state: 'done' }]);
    expect(conversation.state.getSnapshot().turns).toEqual([]);
    vi.unstubAllGlobals();
  });

  it('that something else has written there are none', () => {
    const shared = new FakeStorage();
    shared.setItem('lectern-conversation:/:1', '{"id":"1","at":1,"turns":[{}]}');
    shared.setItem('lectern-conversation:/:2', 'null');
    shared.setItem('lectern-conversation:/:3', '<');
    expect(keepingWith(shared).list()).toEqual([]);
  });
});

describe('the list of conversations', () => {
  function relayWith(status: 'signed-in' | 'signed-out') {
    const relay = new FakeRelay();
    relay.session.set({ status });
    const summary = {
      id: 'r1',
      title: 'Remote?',
      createdAt: '',
      updatedAt: '2026-01-02T00:00:00Z',
    };
    const { passage, url, title, headings } = PASSAGE;
    const lectern = { number: 1, passage, headings };
    return Object.assign(relay, {
      conversations: async () => ({ conversations: [summary], next: null }),
      deleteConversation: vi.fn(async () => undefined),
      conversation: async () => ({
        ...summary,
        next: null,
        messages: [
          message('user', 'complete', { type: 'text', text: 'Remote?' }),
          message(
            'assistant',
            'cut',
            { type: 'source-url', url, title, providerMetadata: { lectern } },
            { type: 'text', text: 'It sw' },
          ),
        ],
      }),
    });
  }

  function message(role: string, status: string, ...parts: unknown[]) {
    return { id: `${role} 1`, role, parts, metadata: { status, createdAt: '' } };
  }

  it('has those of the relay and of the browser', async () => {
    const shared = new FakeStorage();
    keepingWith(shared).keep(saved('1', newTurn('Here?', BOOK)));
    const archive = new Archive(keepingWith(shared), relayWith('signed-in').asRelay);
    await archive.refresh();
    const titles = archive.listing.getSnapshot().entries.map(({ title }) => title);
    expect(titles).toEqual(['Remote?', 'Here?']);
  });

  it('does not ask a relay for nobody', async () => {
    const archive = new Archive(keepingWith(new FakeStorage()), relayWith('signed-out').asRelay);
    await archive.refresh();
    expect(archive.listing.getSnapshot()).toMatchObject({ entries: [], failed: false });
  });

  it('says when the relay cannot be reached, and has the others', async () => {
    const shared = new FakeStorage();
    keepingWith(shared).keep(saved('1', newTurn('Here?', BOOK)));
    const relay = relayWith('signed-in');
    relay.conversations = async () => Promise.reject(new Error('x'));
    const archive = new Archive(keepingWith(shared), relay.asRelay);
    await archive.refresh();
    expect(archive.listing.getSnapshot()).toMatchObject({
      entries: [{ title: 'Here?' }],
      failed: true,
    });
  });

  it('opens what the relay has kept, with sources and where it broke off, and deletes it', async () => {
    const relay = relayWith('signed-in');
    const archive = new Archive(keepingWith(new FakeStorage()), relay.asRelay);
    await archive.refresh();
    const [entry] = archive.listing.getSnapshot().entries;
    const opened = await archive.open(entry!);
    expect(opened).toMatchObject({
      remote: 'r1',
      turns: [{ question: 'Remote?', text: 'It sw', state: 'cut', sources: [{ number: 1 }] }],
    });
    await archive.remove(entry!);
    expect(relay.deleteConversation).toHaveBeenCalledWith('r1');
    expect(archive.listing.getSnapshot().entries).toEqual([]);
  });
});

describe('an answer for other places', () => {
  it('is Markdown with absolute links, and code as it was', () => {
    const source = { ...PASSAGE, number: 1, title: 'Gait [draft]' };
    const text = 'It swings. [1] `a[1]` [9]';
    const turn = { ...newTurn('How?', BOOK), text, sources: [source] };
    expect(markdownOf(turn, 'https://b.example/book/')).toBe(
      '**How?**\n\nIt swings. [[1]](https://b.example/book/gait/#swing) `a[1]` [9]\n\n' +
        '1. [Gait \\[draft\\] › Swing](https://b.example/book/gait/#swing)\n',
    );
    const quoted = { quotes: [{ number: 1, text: 'The\nleg.', code: false }], sources: [source] };
    expect(markdownOf({ ...newTurn('How?', BOOK), quoted }, 'https://b.example/')).toContain(
      '> The leg. [[1]](https://b.example/gait/#swing)',
    );
  });

  it('is read aloud sentence by sentence, without marks', () => {
    expect(endOfSentences('One. Two')).toBe(4);
    expect(endOfSentences('一。二')).toBe(2);
    expect(endOfSentences('3.14 is')).toBe(0);
    expect(spoken('## A **bold** `x` [link](https://a.example) [1][2].')).toBe('A bold x link.');
  });
});
