import type { BookInfo, SearchOptions, SearchResponse } from '../wasm/browser/lectern_browser.js';
import { Connection, defaultWorkerFactory, type WorkerFactory } from './connection.js';
import { LecternError, superseded, toLecternError } from './errors.js';
import { LatestWins } from './latest.js';
import type { OnProgress } from './protocol.js';
import { IDLE, StateStore, type LecternState } from './state.js';

/** What a client is made from. */
export interface ClientOptions {
  /** Where the index lies: a URL ending in `/`, relative ones being resolved against the page. */
  shelfUrl: string;
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
  private loading?: Promise<void>;

  constructor(private readonly options: ClientOptions) {}

  /** The state now. */
  get state(): LecternState {
    return this.store.getSnapshot();
  }

  /** See {@link StateStore.getSnapshot}. */
  readonly getSnapshot = this.store.getSnapshot;

  /** See {@link StateStore.subscribe}. */
  readonly subscribe = this.store.subscribe;

  /** Loads words, then meaning unless the reader's browser asks to save data. Never rejects: see `state`. */
  async start(): Promise<void> {
    try {
      await this.open();
      if (!savesData()) await this.loadMeaning();
    } catch {
      // The state holds the error, which is where readers of a search box see it.
    }
  }

  /** Loads the words; after a failure, tries again. */
  open(): Promise<BookInfo> {
    this.opening ??= this.openNow();
    return this.opening;
  }

  /** Loads the meaning, and the words before it; words keep working when it fails, and it can be called again. */
  loadMeaning(): Promise<void> {
    this.loading ??= this.loadMeaningNow();
    return this.loading;
  }

  /**
   * Searches with what is loaded, loading the words first if need be. Only the newest search is answered;
   * those it replaces are rejected with the code `superseded`.
   */
  search(query: string, options?: SearchOptions): Promise<SearchResponse> {
    return this.searches.run(async (wanted) => {
      const { stage, error } = this.state;
      if (stage === 'failed' && error) throw error;
      await this.open();
      if (!wanted()) throw superseded();
      return this.connected((connection) =>
        connection.call('search', { query, options: given(options) }),
      );
    });
  }

  /** Ends the worker and forgets what is loaded. The client can be opened again. */
  close(): void {
    this.connection?.fail(
      new LecternError('closed', 'Search was closed. Call open() to use it again.'),
    );
    this.forget();
    this.store.update({ ...IDLE, info: undefined, error: undefined });
  }

  private async openNow(): Promise<BookInfo> {
    this.store.update({ stage: 'loading-words', loaded: 0, total: 0, error: undefined });
    try {
      const shelfUrl = new URL(this.options.shelfUrl, globalThis.location?.href).href;
      const info = await this.connected((connection) =>
        connection.call('open', { shelfUrl }, this.onProgress),
      );
      this.store.update({ stage: 'words', info });
      return info;
    } catch (cause) {
      throw this.failed(toLecternError(cause, 'worker-failed'));
    }
  }

  private async loadMeaningNow(): Promise<void> {
    try {
      await this.open();
      this.store.update({ stage: 'loading-meaning', loaded: 0, total: 0, error: undefined });
      await this.connected((connection) => connection.call('loadMeaning', {}, this.onProgress));
      this.store.update({ stage: 'meaning' });
    } catch (cause) {
      const error = toLecternError(cause, 'worker-failed');
      if (error.code === 'closed') throw error;
      this.loading = undefined;
      if (this.connection?.alive) this.store.update({ stage: 'words', error });
      throw error;
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
    this.store.update({ stage: 'failed', error });
    return error;
  }

  private forget(): void {
    this.connection = undefined;
    this.opening = undefined;
    this.loading = undefined;
  }

  private readonly onProgress: OnProgress = (loaded, total) => this.store.update({ loaded, total });
}

/** The options without those that are `undefined`, which the engine would take for wrong values. */
function given(options: SearchOptions = {}): SearchOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

/** True when the reader's browser asks sites to use little data. */
export function savesData(): boolean {
  const navigator = globalThis.navigator as { connection?: { saveData?: boolean } } | undefined;
  return navigator?.connection?.saveData === true;
}
