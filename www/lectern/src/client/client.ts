import type {
  BookInfo,
  Encoder,
  PassageText,
  SearchOptions,
  SearchResponse,
} from '../wasm/browser/lectern_browser.js';
import { Connection, defaultWorkerFactory, type WorkerFactory } from './connection.js';
import { LecternError, superseded, toLecternError } from './errors.js';
import { LatestWins } from './latest.js';
import type {
  AnswerScope,
  CallName,
  Calls,
  EngineName,
  Loaded,
  MeaningEncoder,
  OnProgress,
  Outcome,
  QuotedAnswer,
} from './protocol.js';
import { IDLE, StateStore, type LecternState } from './state.js';

/** What a client is made from. */
export interface ClientOptions {
  /** Where the index lies: a URL ending in `/`, relative ones being resolved against the page. */
  shelfUrl: string;
  /** The book's language, a BCP 47 tag; the page's unless told. For English less is downloaded. */
  lang?: string;
  /** The encoder that `start` loads; `small` unless told, `none` for words alone. */
  encoder?: Encoder;
  /** Where the relay is, which the encoder `relay` asks; resolved against the page. */
  relayUrl?: string;
  /** Makes the worker; the default suits webpack, Rspack and Vite. */
  workerFactory?: WorkerFactory;
}

/** A client for one book. Nothing is loaded before the first call. */
export function createClient(options: ClientOptions): LecternClient {
  return new LecternClient(options);
}

/** Searches one book in a worker, by words first and by meaning once that is loaded. */
export class LecternClient {
  private readonly store = new StateStore();
  private readonly searches = new LatestWins<SearchResponse>();
  private connection?: Connection;
  private opening?: Promise<BookInfo>;
  /** Loads of meaning that have not failed, in the order in which they were asked for. */
  private loads = new Map<Encoder, Promise<void>>();
  /** The error of a call that parts of the index could not be had for, as the state holds it. */
  private unread?: { by: CallName; error: LecternError };

  constructor(private readonly options: ClientOptions) {}

  /** The state now. */
  get state(): LecternState {
    return this.store.getSnapshot();
  }

  /** See {@link StateStore.getSnapshot}. */
  readonly getSnapshot = this.store.getSnapshot;

  /** See {@link StateStore.subscribe}. */
  readonly subscribe = this.store.subscribe;

  /**
   * Loads words, then meaning with the encoder of the options, unless the reader's browser asks to save
   * data or the index is of words alone. Never rejects: see `state`.
   */
  async start(): Promise<void> {
    try {
      const { encoders } = await this.open();
      if (encoders.length > 0 && !savesData()) await this.loadMeaning();
    } catch {
      // The state holds the error, which is where readers of a search box see it.
    }
  }

  /** Loads the words; after a failure, tries again. */
  open(): Promise<BookInfo> {
    this.opening ??= this.openNow();
    return this.opening;
  }

  /**
   * Loads what search by meaning with an encoder needs, and the words before it; that of the options unless
   * told. One after another: `loadMeaning('full')` makes a search better that goes on with the small encoder
   * meanwhile. When it fails, what was loaded before keeps working, and it can be called again.
   */
  loadMeaning(encoder: Encoder = this.options.encoder ?? 'small'): Promise<void> {
    const known = this.loads.get(encoder);
    if (known) return known;
    const load = this.loadInTurn(encoder, this.loads);
    this.loads.set(encoder, load);
    return load;
  }

  /**
   * Searches with what is loaded, loading the words first if need be. Only the newest search is answered;
   * those it replaces are rejected with the code `superseded`. Where parts of the index must be fetched for
   * the query, `onPartial` takes what can be answered meanwhile, round by round; when fetching fails that is
   * the answer, and `state.error` says why.
   */
  search(
    query: string,
    options?: SearchOptions,
    onPartial?: (response: SearchResponse) => void,
  ): Promise<SearchResponse> {
    return this.searches.run(async ({ wanted, release }) => {
      await this.opened();
      if (!wanted()) throw superseded();
      const whenPartial = (response?: SearchResponse) => {
        release();
        if (response && wanted()) onPartial?.(response);
      };
      const answer = await this.connected((connection) =>
        connection.call(
          'search',
          { query, options: given(options ?? {}) },
          { onPartial: whenPartial },
        ),
      );
      if (answer.reopened) this.reopened(answer.reopened);
      if (wanted()) this.tellOfFailure('search', answer);
      return answer.response;
    });
  }

  /**
   * Answers a question without a language model: the sentences of the book that answer it best, quoted, by
   * the best encoder that is loaded. With `scope.page` those of a page alone, with `scope.text` too those
   * around a text that was selected there. It neither waits for searches nor replaces them. Where parts of
   * the index cannot be had the answer does without, and `state.error` says why.
   */
  async answer(question: string, scope: AnswerScope = {}): Promise<QuotedAnswer> {
    const { page, text } = scope;
    const own = page === undefined ? { text } : { page: decoded(page), text };
    return (await this.ask('answer', { question, scope: given(own) })).answer;
  }

  /**
   * The passages of these numbers, as hits and sources have them, but for those that the book does not have.
   * Rejected with the code `shelf-changed` where the site has a newer index by now: numbers are of one book.
   */
  async passages(numbers: number[]): Promise<PassageText[]> {
    const { passages, failure } = await this.ask('passages', { passages: numbers });
    if (failure && passages.length === 0) throw new LecternError(failure.code, failure.message);
    return passages;
  }

  /** The headings of a page that say best what can be asked of it, the best first, at most four. */
  async starters(page: string): Promise<string[]> {
    return (await this.ask('starters', { page: decoded(page) })).starters;
  }

  /** Ends the worker and forgets what is loaded. The client can be opened again. */
  close(): void {
    this.connection?.fail(closed());
    this.forget();
    this.store.update({ ...IDLE, info: undefined, error: undefined });
  }

  /** Opens the book unless that was tried and has failed: then a reader is to ask for it. */
  private async opened(): Promise<void> {
    const { stage, error } = this.state;
    if (stage === 'failed' && error) throw error;
    await this.open();
  }

  /** Makes a call that is no search, and takes over what it says of the index. */
  private async ask<Name extends 'answer' | 'passages' | 'starters'>(
    name: Name,
    parameters: Calls[Name]['parameters'],
  ): Promise<Calls[Name]['result']> {
    await this.opened();
    const result = await this.connected((connection) => connection.call(name, parameters));
    if (result.reopened) this.reopened(result.reopened);
    this.tellOfFailure(name, result);
    return result;
  }

  private async openNow(): Promise<BookInfo> {
    this.store.update({ stage: 'loading-words', loaded: 0, total: 0, error: undefined });
    try {
      const info = await this.openBook();
      this.store.update({ stage: 'words', info });
      return info;
    } catch (cause) {
      throw this.failed(toLecternError(cause, 'worker-failed'));
    }
  }

  /** Opens the book by the engine for the language it should have, and by the other one where it has another. */
  private async openBook(): Promise<BookInfo> {
    const shelfUrl = absolute(this.options.shelfUrl);
    const open = (engine: EngineName) =>
      this.connected((connection) =>
        connection.call('open', { shelfUrl, engine }, { onProgress: this.onProgress }),
      );
    const engine = engineFor(this.options.lang ?? globalThis.document?.documentElement.lang ?? '');
    const info = await open(engine);
    if (engine === 'all' || engineFor(info.lang) === engine) return info;
    if (!this.connection) throw closed();
    this.connection.fail(closed());
    this.connection = undefined;
    return open('all');
  }

  /** Waits for the loads that were asked for before, then loads. */
  private async loadInTurn(encoder: Encoder, loads: Map<Encoder, Promise<void>>): Promise<void> {
    await Promise.allSettled(loads.values());
    if (loads !== this.loads) throw this.state.error ?? closed();
    try {
      await this.open();
      if (encoder !== 'none') await this.loadNow(encoder);
    } catch (cause) {
      const error = toLecternError(cause, 'worker-failed');
      loads.delete(encoder);
      if (loads === this.loads && this.connection?.alive) {
        const stage = this.state.encoder === 'none' ? 'words' : 'meaning';
        this.store.update({ stage, error });
      }
      throw error;
    }
  }

  private async loadNow(encoder: MeaningEncoder): Promise<void> {
    this.store.update({ stage: 'loading-meaning', loaded: 0, total: 0, error: undefined });
    const relayUrl = encoder === 'relay' ? this.relayUrl() : undefined;
    const { failure, ...loaded } = await this.connected((connection) =>
      connection.call('loadMeaning', { encoder, relayUrl }, { onProgress: this.onProgress }),
    );
    this.store.update(failure ? loaded : { stage: 'meaning', ...loaded });
    if (failure) throw new LecternError(failure.code, failure.message);
  }

  private relayUrl(): string {
    const { relayUrl } = this.options;
    if (relayUrl !== undefined) return absolute(relayUrl);
    throw new LecternError(
      'argument',
      'The encoder "relay" asks a relay: give its address as the option relayUrl.',
    );
  }

  /** Takes over what the worker says of the newer index that it has opened; what it lacks can be loaded again. */
  private reopened({ encoder, info, failure }: Loaded): void {
    this.store.update({ encoder, info, stage: encoder === 'none' ? 'words' : 'meaning' });
    if (!failure) return;
    for (const load of this.loads.keys()) if (load !== encoder) this.loads.delete(load);
    this.store.update({ error: new LecternError(failure.code, failure.message) });
  }

  /** Keeps the state's error while parts of the index cannot be had, and takes it back once a call of that name had them. */
  private tellOfFailure(by: CallName, { failure }: Outcome): void {
    if (failure) {
      const error = new LecternError(failure.code, failure.message);
      this.unread = { by, error };
      this.store.update({ error });
    } else if (this.unread?.by === by && this.unread.error === this.state.error) {
      this.store.update({ error: undefined });
    }
  }

  /** Runs a call; when it takes the worker down, the client has failed as a whole. */
  private async connected<T>(call: (connection: Connection) => Promise<T>): Promise<T> {
    this.connection ??= new Connection(this.options.workerFactory ?? defaultWorkerFactory);
    const connection = this.connection;
    try {
      return await call(connection);
    } catch (cause) {
      if (connection === this.connection && !connection.alive) {
        this.failed(toLecternError(cause, 'worker-failed'));
      }
      throw cause;
    }
  }

  /** Gives the worker up, so that the next `open` begins with a new one. */
  private failed(error: LecternError): LecternError {
    if (error.code === 'closed') return error;
    this.connection?.fail(error);
    this.forget();
    this.store.update({ stage: 'failed', encoder: 'none', error });
    return error;
  }

  private forget(): void {
    this.connection = undefined;
    this.opening = undefined;
    this.loads = new Map();
  }

  private readonly onProgress: OnProgress = (loaded, total) => this.store.update({ loaded, total });
}

function closed(): LecternError {
  return new LecternError('closed', 'Search was closed. Call open() to use it again.');
}

/** The smaller engine knows the endings of English words alone. */
function engineFor(lang: string): EngineName {
  return /^en(-|$)/i.test(lang) ? 'english' : 'all';
}

function absolute(url: string): string {
  return new URL(url, globalThis.location?.href).href;
}

/** The options without those that are `undefined`, which the engine would take for wrong values. */
function given<T extends object>(options: T): Partial<T> {
  const entries = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Partial<T>;
}

/** An address as the index has it: without percent-encoding. */
function decoded(url: string): string {
  try {
    return decodeURI(url);
  } catch {
    return url;
  }
}

/** True when the reader's browser asks sites to use little data. */
export function savesData(): boolean {
  const navigator = globalThis.navigator as { connection?: { saveData?: boolean } } | undefined;
  return navigator?.connection?.saveData === true;
}
