import { codeOf, type Relay } from '../relay/index.js';
import { find, type Book } from './book.js';
import { Paced } from '../state/paced.js';
import { read, type Reading } from './stream.js';
import type { Scope, Turn } from './turn.js';

/** Milliseconds between two looks of a reader at an answer that grows. */
const PACE = 50;

/** Earlier turns that are told where the relay keeps none: half as many as the messages that it takes. */
const MOST_TURNS = 4;

/** What an answer is written from. */
export interface Writing {
  relay: Relay;
  book: Book;
  turn: Turn;
  /** The turns before this one. */
  before: Turn[];
  /** The conversation that the relay keeps. */
  conversation?: string;
  signal: AbortSignal;
  /** Takes what is known so far. */
  onReading(reading: Reading): void;
}

/**
 * Has the relay write an answer, and gives what is known when its stream ends. A first question on the whole book is
 * sent with what this browser's own search has found, so that the relay need not search.
 */
export async function write(writing: Writing): Promise<Reading> {
  const { turn, before, book } = writing;
  const isFirst = turn.scope.kind === 'book' && before.every(({ text }) => text === '');
  const found = isFirst ? await find(book, turn.question) : undefined;
  writing.signal.throwIfAborted();
  try {
    return await attempt(writing, { ...bodyOf(writing), ...found });
  } catch (error) {
    if (found && IDS_REFUSED.includes(codeOf(error))) {
      const reading = await attempt(writing, bodyOf(writing));
      const otherBook = reading.turn.book !== found.book;
      return { ...reading, turn: { ...reading.turn, otherBook } };
    }
    if (writing.conversation && codeOf(error) === 'not_found') {
      return attempt(writing, bodyOf({ ...writing, conversation: undefined }));
    }
    throw error;
  }
}

/** Codes of a relay that has another edition of the book than this page. */
const IDS_REFUSED = ['shelf_changed', 'unknown_passage'];

async function attempt({ relay, turn, signal, onReading }: Writing, body: object) {
  const paced = new Paced(onReading, PACE);
  let reading: Reading = { turn };
  try {
    for await (const part of relay.stream('/api/chat', body, signal)) {
      reading = read(reading, part);
      paced.push(reading);
    }
  } finally {
    paced.flush();
  }
  return reading;
}

function bodyOf({ turn, before, conversation }: Writing): object {
  const told = conversation
    ? { conversation }
    : {
        messages: before
          .filter(({ text }) => text !== '')
          .slice(-MOST_TURNS)
          .flatMap(messages),
      };
  return { question: turn.question, ...told, ...scoped(turn.scope) };
}

function messages({ question, text }: Turn): object[] {
  return [message('user', question), message('assistant', text)];
}

function message(role: string, text: string): object {
  return { role, parts: [{ type: 'text', text }] };
}

function scoped(scope: Scope): object {
  switch (scope.kind) {
    case 'book':
      return {};
    case 'page':
      return { mode: 'page', page: scope.page };
    case 'selection':
      return { mode: 'selection', selection: { page: scope.page, text: scope.text } };
  }
}
