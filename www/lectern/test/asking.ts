import { LecternError, type LecternState, type SearchResponse } from '../src/client/index.js';
import { IDLE } from '../src/client/state.js';
import { Conversation, Keeping, type Book, type Passage } from '../src/conversation/index.js';
import {
  RelayError,
  type Relay,
  type SessionState,
  type StreamPart,
  type StreamMetadata,
} from '../src/relay/index.js';
import { Store } from '../src/state/store.js';
import { answerTo, INFO } from './answers.js';

/** A passage of the book. */
export const PASSAGE: Passage = {
  passage: 7,
  url: 'gait/#swing',
  title: 'Gait',
  headings: ['Swing'],
  text: 'The leg swings.',
};

/** A book that quotes one sentence; `fail` makes it fail. */
export class FakeBook implements Book {
  state: LecternState = IDLE;
  fail?: LecternError;
  asked: unknown[][] = [];
  found: SearchResponse = { ...answerTo('x') };

  async search(): Promise<SearchResponse> {
    return this.found;
  }

  async answer(...question: unknown[]) {
    this.asked.push(question);
    if (this.fail) throw this.fail;
    return { quotes: [{ number: 1, text: 'The leg swings.', code: false }], sources: [PASSAGE] };
  }

  async passages(): Promise<Passage[]> {
    return [PASSAGE];
  }

  /** Lets it search by meaning, with these passages as hits. */
  findsByMeaning(...passages: number[]): void {
    this.state = { ...IDLE, stage: 'meaning', encoder: 'small', info: INFO };
    const hits = passages.map((passage, index) => ({
      passage,
      url: 'gait/',
      headings: [],
      score: index,
      duplicates: [],
      snippet: { text: '', highlights: [], code: false },
    }));
    this.found = { ...answerTo('x'), pages: [{ url: 'gait/', title: 'Gait', hits }] };
  }
}

/** What a relay does next: parts of a stream, an error, or both, one after another. */
export type Script = (StreamPart | Error | Promise<unknown>)[];

/** A relay that answers as it is told; what it was asked is in `asked`. */
export class FakeRelay {
  readonly session = new Store<SessionState>({ status: 'signed-out' });
  readonly asked: Record<string, unknown>[] = [];
  readonly rated: unknown[] = [];
  scripts: Script[] = [];

  async *stream(_path: string, body: unknown, signal?: AbortSignal): AsyncGenerator<StreamPart> {
    this.asked.push(body as Record<string, unknown>);
    for (const step of this.scripts.shift() ?? []) {
      if (step instanceof Error) throw step;
      if (step instanceof Promise) await Promise.race([step, aborted(signal!)]);
      else yield step;
      signal?.throwIfAborted();
    }
  }

  async feedback(feedback: unknown): Promise<void> {
    this.rated.push(feedback);
  }

  get asRelay(): Relay {
    return this as unknown as Relay;
  }
}

/** A whole answer with one source. */
export function answered(text: string, metadata: StreamMetadata = { book: INFO.hash }): Script {
  return [...begun(text, metadata), { type: 'finish', finishReason: 'stop' }];
}

/** An answer that has no end yet. */
export function begun(text: string, metadata: StreamMetadata = { book: INFO.hash }): Script {
  const { passage, url, title, headings } = PASSAGE;
  return [
    { type: 'start', messageId: 'm1', messageMetadata: metadata },
    {
      type: 'source-url',
      sourceId: '1',
      url,
      title,
      providerMetadata: { lectern: { number: 1, passage, headings } },
    },
    { type: 'text-start', id: 't' },
    { type: 'text-delta', id: 't', delta: text },
  ];
}

/** An error of the relay. */
export function refused(code: string, status = 0, retryAfter?: number): RelayError {
  return new RelayError(code, code, status, retryAfter);
}

/** A storage as browsers have it, with room for so many characters. */
export class FakeStorage {
  constructor(private readonly room = Infinity) {}

  getItem(key: string): string | null {
    return Object.hasOwn(this, key) ? (this as never)[key] : null;
  }

  setItem(key: string, value: string): void {
    const others = Object.keys(this).filter((own) => own !== key && own !== 'room');
    const used = others.reduce((sum, own) => sum + this.getItem(own)!.length, 0);
    if (used + value.length > this.room) throw new Error('QuotaExceededError');
    Object.assign(this, { [key]: value });
  }

  removeItem(key: string): void {
    delete (this as never)[key];
  }

  get asStorage(): Storage {
    return this as unknown as Storage;
  }
}

/** A conversation with all that it is held with. */
export function setUp({
  relay = true,
  online = (): boolean => true,
  shared = new FakeStorage(),
} = {}) {
  const book = new FakeBook();
  const fake = new FakeRelay();
  const tab = new FakeStorage();
  const keeping = new Keeping('/', tab.asStorage, shared.asStorage);
  const circle = { book, keeping, online, relay: relay ? fake.asRelay : undefined };
  const conversation = new Conversation(circle);
  const turns = () => conversation.state.getSnapshot().turns;
  return { book, relay: fake, keeping, circle, conversation, tab, shared, turns };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve()));
}
