import { Paced } from '../state/paced.js';
import { Store } from '../state/store.js';
import { download, missingOf, type Progress } from './download.js';
import { isFull, OfflineError, toOfflineError } from './errors.js';
import {
  bytesOf,
  filesOf,
  FORMAT,
  NOTICE_FILE,
  type Choice,
  type ListedFile,
  type Notice,
  type OfflineList,
} from './list.js';
import { UNKNOWN, type Kept, type OfflineState } from './state.js';
import { CopyStorage, keyOf, keysOf, type Copy, type CopyRecord } from './storage.js';
import { surroundingsOf, type Surroundings } from './surroundings.js';
import { readWish, writeWish, type Wish } from './wish.js';

/** Milliseconds between two looks of a reader at a download. */
const PACE = 100;

/** What one tab tells the others. */
type Message = { kind: 'state'; state: OfflineState } | { kind: 'stop' };

/** The copy of the site at a base URL, a path with a slash at its end. */
export class OfflineCopy {
  /** What becomes of the copy, in this tab or another. */
  readonly state = new Store<OfflineState>(UNKNOWN);
  private readonly storage: CopyStorage;
  /** Stops the download that is under way in this tab. */
  private stopping?: AbortController;
  /** True until this page has seen to what the one before it has left. */
  private isNew = true;

  constructor(
    private readonly base: string,
    private readonly browser: Surroundings,
  ) {
    this.storage = new CopyStorage(base, browser.caches);
    browser.channel.onmessage = ({ data }: MessageEvent<Message>) => this.hear(data);
  }

  /** Looks up what there is and what the site offers; false where the site cannot be asked. Never rejects. */
  async look(): Promise<boolean> {
    const wish = this.wish();
    const record = await this.storage.record().catch(() => undefined);
    if (this.state.getSnapshot().status === 'unknown') {
      this.update({
        status: !wish ? 'off' : wish.paused ? 'paused' : record ? 'kept' : 'fetching',
        choice: wish ?? this.state.getSnapshot().choice,
        kept: keptOf(record?.active),
      });
    }
    try {
      const { sizes, list } = await this.notice();
      this.update({ sizes, stale: record && record.active.version !== list });
      return true;
    } catch (cause) {
      const { code } = toOfflineError(cause);
      if (!wish) this.update({ error: { code } });
      return false;
    }
  }

  /** Brings the copy up to date where the reader wants one: at the begin of a visit, or when the network is back. */
  async refresh(): Promise<void> {
    const wish = this.wish();
    if (!wish || this.stopping) return;
    const reached = await this.look();
    const { kept, stale } = this.state.getSnapshot();
    if (wish.paused || (kept && !reached) || (stale && this.browser.savesData())) return;
    await this.bring();
  }

  /** Keeps what the reader chooses from now on. Never rejects: see `state`. */
  async turnOn(choice: Choice): Promise<void> {
    // Where the browser asks the reader, the download need not wait for the answer.
    void this.browser.room.persist?.().catch(() => false);
    await this.resumeWith({ ...choice, paused: false });
  }

  /** Takes down what the reader would keep, before anything is. */
  choose(choice: Choice): void {
    this.update({ choice });
  }

  /** Stops the download, in whichever tab it is, until the reader wants it again. */
  pause(): void {
    const wish = this.wish();
    if (wish) writeWish(this.base, this.browser.wishes, { ...wish, paused: true });
    this.stop();
    this.update({ status: 'paused' });
    this.tell();
  }

  /** Goes on with a download, or tries again. */
  async resume(): Promise<void> {
    await this.resumeWith({ ...(this.wish() ?? this.state.getSnapshot().choice), paused: false });
  }

  /** Deletes the copy and ends the worker. */
  async remove(): Promise<void> {
    writeWish(this.base, this.browser.wishes, undefined);
    this.stop();
    await this.browser.locks.request(this.lock, async () => {
      await this.storage.clear();
      await this.browser.worker.stop();
    });
    const { choice, sizes } = this.state.getSnapshot();
    this.state.set({ status: 'off', choice, sizes });
    this.tell();
  }

  private async resumeWith(wish: Wish): Promise<void> {
    writeWish(this.base, this.browser.wishes, wish);
    this.stop();
    this.update({ status: 'fetching', choice: wish, error: undefined, progress: undefined });
    await this.bring();
  }

  /** Fetches what is missing and makes it the copy in use: one tab at a time, and nothing if it is whole. */
  private async bring(): Promise<void> {
    const stopping = new AbortController();
    this.stopping = stopping;
    try {
      await this.browser.locks.request(this.lock, { signal: stopping.signal }, () =>
        this.bringNow(stopping.signal),
      );
    } catch (cause) {
      if (stopping.signal.aborted) return;
      const { code, space } = toOfflineError(cause);
      const progress = code === 'no-space' ? undefined : this.state.getSnapshot().progress;
      this.update({ status: 'failed', error: { code, space }, progress });
      this.tell();
    } finally {
      if (this.stopping === stopping) this.stopping = undefined;
    }
  }

  private async bringNow(signal: AbortSignal): Promise<void> {
    const wish = this.wish();
    if (!wish || wish.paused) return;
    const notice = await this.notice(signal);
    await this.startWorker(notice);
    const list = await this.list(notice, signal);
    const files = filesOf(list, wish);
    const record = await this.settle(files);
    const missing = missingOf(files, await this.storage.keys());
    const copy = copyOf(notice.list, wish, list, files);
    if (missing.length > 0 || !isSame(record?.active, copy)) {
      this.update({ status: 'fetching', choice: wish, sizes: notice.sizes, error: undefined });
      await this.fetchAll(files, missing, record, signal);
      signal.throwIfAborted();
      await this.switchTo(copy, record?.active);
    }
    this.update({
      status: 'kept',
      choice: wish,
      sizes: notice.sizes,
      kept: keptOf((await this.storage.record())?.active),
      progress: undefined,
      stale: false,
      error: undefined,
    });
    this.tell();
  }

  private async startWorker({ ownWorker }: Notice): Promise<void> {
    try {
      await this.browser.worker.start(ownWorker);
    } catch (cause) {
      throw new OfflineError('no-worker', undefined, cause);
    }
  }

  /**
   * Deletes what nothing needs any more: the copy before the one in use, which no page has shown since this one
   * began, and what is left of downloads that will not be gone on with.
   */
  private async settle(files: readonly ListedFile[]): Promise<CopyRecord | undefined> {
    let record = await this.storage.record();
    if (record?.previous && this.isNew) {
      record = { active: record.active };
      await this.storage.setRecord(record);
    }
    this.isNew = false;
    const needed = keysOf(record?.active, record?.previous);
    for (const file of files) needed.add(keyOf(file));
    await this.storage.prune(needed);
    return record;
  }

  private async fetchAll(
    files: readonly ListedFile[],
    missing: readonly ListedFile[],
    record: CopyRecord | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    const needed = bytesOf(missing);
    const free = await this.free();
    if (free !== undefined && free < needed) throw new OfflineError('no-space', { needed, free });
    const paced = new Paced((progress: Progress) => {
      if (signal.aborted) return;
      this.update({ progress });
      this.tell();
    }, PACE);
    const onProgress = (progress: Progress) => paced.push(progress);
    const { base, storage, browser } = this;
    try {
      await download(files, { base, storage, fetch: browser.fetch, signal, onProgress });
    } catch (cause) {
      if (!isFull(cause)) throw cause;
      await this.storage.prune(keysOf(record?.active, record?.previous));
      const free = await this.free();
      // Browsers say a round number where the true one would tell readers apart.
      const isTrue = free !== undefined && free < needed;
      throw new OfflineError('no-space', { needed, free: isTrue ? free : undefined }, cause);
    } finally {
      paced.flush();
    }
  }

  /** From here on everything comes from this copy. Pages of the deployment before it can still load the rest of theirs. */
  private async switchTo(active: Copy, before: Copy | undefined): Promise<void> {
    const previous = before?.version === active.version ? undefined : before;
    await this.storage.setRecord({ active, previous });
    await this.storage.prune(keysOf(active, previous));
  }

  private async free(): Promise<number | undefined> {
    const { quota, usage } = await this.browser.room.estimate();
    return quota === undefined || usage === undefined ? undefined : Math.max(quota - usage, 0);
  }

  private notice(signal?: AbortSignal): Promise<Notice> {
    return this.json<Notice>(NOTICE_FILE, { cache: 'no-cache', signal });
  }

  private list({ list }: Notice, signal: AbortSignal): Promise<OfflineList> {
    return this.json<OfflineList>(`lectern/${list}`, { signal });
  }

  private async json<T extends { format: number }>(path: string, init: RequestInit): Promise<T> {
    const response = await this.browser.fetch(this.base + path, init).catch((cause) => {
      throw new OfflineError('network', undefined, cause);
    });
    if (response.status === 404) throw new OfflineError('not-built');
    if (!response.ok) throw new OfflineError('network');
    const value: T | undefined = await response.json().catch(() => undefined);
    if (value?.format !== FORMAT) throw new OfflineError('not-built');
    return value;
  }

  private wish(): Wish | undefined {
    return readWish(this.base, this.browser.wishes);
  }

  private get lock(): string {
    return `lectern-offline:${this.base}`;
  }

  /** Ends downloads, here and in other tabs. */
  private stop(): void {
    this.stopping?.abort();
    this.stopping = undefined;
    this.browser.channel.postMessage({ kind: 'stop' } satisfies Message);
  }

  private tell(): void {
    const state = this.state.getSnapshot();
    this.browser.channel.postMessage({ kind: 'state', state } satisfies Message);
  }

  private hear(message: Message): void {
    if (message.kind === 'state') {
      const wish = this.wish();
      // Progress that another tab told of before it heard that the reader wants none.
      const isLate = message.state.status === 'fetching' && (!wish || wish.paused);
      if (!isLate) this.state.set(message.state);
      return;
    }
    this.stopping?.abort();
    this.stopping = undefined;
  }

  private update(change: Partial<OfflineState>): void {
    this.state.set({ ...this.state.getSnapshot(), ...change });
  }
}

/** The copy of the site at a base URL, one for each page; undefined in a browser that cannot keep one. */
export function offlineCopy(base: string): OfflineCopy | undefined {
  if (copies.has(base)) return copies.get(base);
  const browser = surroundingsOf(base);
  const copy = browser && new OfflineCopy(base, browser);
  copies.set(base, copy);
  addEventListener('online', () => void copy?.refresh());
  return copy;
}

const copies = new Map<string, OfflineCopy | undefined>();

function copyOf(
  version: string,
  { pages, precise }: Choice,
  { others }: OfflineList,
  files: readonly ListedFile[],
): Copy {
  return {
    version,
    choice: { pages, precise },
    date: Date.now(),
    bytes: bytesOf(files),
    others,
    files: Object.fromEntries(files.map((file) => [file[0], keyOf(file)])),
  };
}

function isSame(one: Copy | undefined, other: Copy): boolean {
  return (
    one?.version === other.version &&
    one.choice.pages === other.choice.pages &&
    one.choice.precise === other.choice.precise
  );
}

function keptOf(copy: Copy | undefined): Kept | undefined {
  return copy && { version: copy.version, choice: copy.choice, date: copy.date, bytes: copy.bytes };
}
