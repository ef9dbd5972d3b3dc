import type { Relay } from '../relay/index.js';
import { Store } from '../state/store.js';
import { quote, type Book } from './book.js';
import { Keeping, type Draft } from './keeping.js';
import { atRest, type Saved } from './records.js';
import { reasonOf, troubleOf } from './reasons.js';
import type { Reading } from './stream.js';
import {
  BOOK,
  isUnderWay,
  newId,
  newTurn,
  type Rating,
  type Reason,
  type Scope,
  type Turn,
} from './turn.js';
import { write } from './written.js';

/** What a conversation is held with. */
export interface Circle {
  book: Book;
  relay?: Relay;
  keeping: Keeping;
  /** Whether the browser has a network, as far as it knows. */
  online?: () => boolean;
}

/** The questions of a reader and their answers. It outlives the components that show it. */
export class Conversation {
  /** The turns, and under which ids they are kept. */
  readonly state: Store<Saved>;
  /** What is being typed. */
  readonly draft: Store<Draft>;
  /** Ends the answer under way. */
  private running?: AbortController;
  /** The turn that is asked again once somebody has signed in. */
  private awaiting?: string;

  constructor(private readonly circle: Circle) {
    const { current = empty(), draft = { text: '', scope: BOOK } } = circle.keeping.resume();
    this.state = new Store({ ...current, turns: current.turns.map(atRest) });
    this.draft = new Store(draft);
    this.draft.subscribe(this.note);
    this.followSession();
  }

  /** Asks, about what the draft is about unless told. */
  ask(question: string, scope: Scope = this.draft.getSnapshot().scope): Promise<void> {
    const turn = newTurn(question.trim(), scope);
    this.stop();
    this.update({ turns: [...this.turns, turn] });
    return this.answer(turn);
  }

  /** Ends the answer under way; what has come stays. */
  stop(): void {
    this.running?.abort();
    this.running = undefined;
    this.update({ turns: this.turns.map((turn) => (isUnderWay(turn) ? stopped(turn) : turn)) });
  }

  /** Asks a question again, in the place of its answer. */
  retry(id: string): Promise<void> {
    this.stop();
    const before = this.turn(id);
    if (!before) return Promise.resolve();
    const turn = { ...newTurn(before.question, before.scope), id };
    this.put(turn);
    return this.answer(turn);
  }

  /** Adds to an answer what the book says in its own words. */
  async quote(id: string): Promise<void> {
    const turn = this.turn(id);
    if (!turn) return;
    this.change(id, await this.quotations(turn));
    this.keep();
  }

  /** Tells the relay what the reader thinks of an answer. */
  async rate(id: string, rating: Rating, note = ''): Promise<void> {
    const { message } = this.turn(id) ?? {};
    if (!message) return;
    await this.circle.relay?.feedback({ message, rating, note });
    this.change(id, { rating });
    this.keep();
  }

  /** Asks this question again as soon as the reader has signed in. */
  awaitSignIn(id: string): void {
    this.awaiting = id;
  }

  /** Begins another conversation; this one is kept. */
  startNew(): void {
    this.open(empty());
  }

  /** Goes on with a conversation that was kept. */
  open(saved: Saved): void {
    this.stop();
    this.state.set({ ...saved, turns: saved.turns.map(atRest) });
    this.draft.set({ ...this.draft.getSnapshot(), scope: BOOK });
    this.note();
  }

  /** Changes what is being typed. */
  type(change: Partial<Draft>): void {
    this.draft.set({ ...this.draft.getSnapshot(), ...change });
  }

  private get turns(): Turn[] {
    return this.state.getSnapshot().turns;
  }

  private turn(id: string): Turn | undefined {
    return this.turns.find((turn) => turn.id === id);
  }

  private async answer(turn: Turn): Promise<void> {
    const abort = new AbortController();
    this.running = abort;
    this.keep();
    const why = await this.write(turn, abort.signal);
    if (abort.signal.aborted) return this.keep();
    if (why) await this.endWithout(turn.id, why, abort.signal);
    if (this.running === abort) this.running = undefined;
    this.keep();
  }

  /** Has the relay answer, and tells why it has not, or not to the end. */
  private async write(turn: Turn, signal: AbortSignal): Promise<Reason | undefined> {
    const { relay, book, online = browserIsOnline } = this.circle;
    if (!relay) return 'no-relay';
    if (!online()) return 'offline';
    const signedIn = relay.session.getSnapshot().status === 'signed-in';
    const onReading = (reading: Reading) => void (signal.aborted || this.takeIn(reading));
    const { turns, remote: conversation } = this.state.getSnapshot();
    const before = turns.slice(
      0,
      turns.findIndex(({ id }) => id === turn.id),
    );
    try {
      const reading = await write({ relay, book, turn, before, conversation, signal, onReading });
      if (signal.aborted) return undefined;
      this.takeIn(reading);
      if (reading.ended === 'refused') return 'refused';
      if (reading.ended !== 'finished') return 'unavailable';
      this.change(turn.id, { state: 'done' });
      return undefined;
    } catch (error) {
      this.change(turn.id, { retryAfter: retryAfterOf(error) });
      return reasonOf(error, { online: online(), signedIn });
    }
  }

  /** Marks what was written as broken off; where nothing was, quotes the book. */
  private async endWithout(id: string, why: Reason, signal: AbortSignal): Promise<void> {
    if (this.turn(id)?.text.trim()) return this.change(id, { state: 'cut', why });
    if (why === 'too-long') return this.change(id, { state: 'failed', why, trouble: why });
    this.change(id, { why });
    const turn = this.turn(id);
    const change = turn && (await this.quotations(turn));
    if (change && !signal.aborted) {
      this.change(id, { ...change, state: change.trouble ? 'failed' : 'done' });
    }
  }

  private async quotations({ question, scope }: Turn): Promise<Pick<Turn, 'quoted' | 'trouble'>> {
    try {
      return { quoted: await quote(this.circle.book, question, scope), trouble: undefined };
    } catch (error) {
      return { trouble: troubleOf(error) };
    }
  }

  private takeIn({ turn, conversation }: Reading): void {
    if (conversation) this.update({ remote: conversation });
    this.put(turn);
  }

  private change(id: string, change: Partial<Turn>): void {
    const turn = this.turn(id);
    if (turn) this.put({ ...turn, ...change });
  }

  private put(turn: Turn): void {
    this.update({ turns: this.turns.map((own) => (own.id === turn.id ? turn : own)) });
  }

  private update(change: Partial<Saved>): void {
    this.state.set({ ...this.state.getSnapshot(), ...change });
  }

  /** Keeps what is said: the relay's conversations for this tab alone, for they are kept by the relay. */
  private keep(): void {
    const saved = { ...this.state.getSnapshot(), at: Date.now() };
    const turns = saved.turns.map(atRest);
    const { keeping } = this.circle;
    if (!saved.remote && turns.length > 0) keeping.keep({ ...saved, turns });
    else if (turns.every(({ message }) => message !== undefined)) keeping.remove(saved.id);
    this.note();
  }

  /** Notes what this tab is doing, for when it is loaded again. */
  readonly note = (): void => {
    const { turns, ...saved } = this.state.getSnapshot();
    const current = { ...saved, turns: turns.map(atRest) };
    this.circle.keeping.note({ current, draft: this.draft.getSnapshot() });
  };

  private followSession(): void {
    const session = this.circle.relay?.session;
    session?.subscribe(() => {
      const { status } = session.getSnapshot();
      // What is the reader's own is not left behind for whoever uses the browser next.
      if (status === 'signed-out' && this.state.getSnapshot().remote) this.startNew();
      if (status !== 'signed-in' || !this.awaiting) return;
      const id = this.awaiting;
      this.awaiting = undefined;
      void this.retry(id);
    });
  }
}

function empty(): Saved {
  return { id: newId(), at: Date.now(), turns: [] };
}

function stopped(turn: Turn): Turn {
  return { ...turn, state: 'stopped' };
}

function retryAfterOf(error: unknown): number | undefined {
  return (error as { retryAfter?: number }).retryAfter;
}

function browserIsOnline(): boolean {
  return globalThis.navigator?.onLine !== false;
}
