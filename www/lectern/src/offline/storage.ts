import type { Choice, ListedFile } from './list.js';

/** A whole copy of a deployment. */
export interface Copy {
  /** Name of its list. */
  version: string;
  choice: Choice;
  /** When it was complete, in milliseconds since 1970. */
  date: number;
  bytes: number;
  /** Paths below the base URL that are no business of the copy. */
  others: string[];
  /** The key of each file by its path below the base URL. */
  files: Record<string, string>;
}

/**
 * The copy in use, and the one before it for pages that are still open. Written as one entry: from one moment to
 * the next everything comes from another copy.
 */
export interface CopyRecord {
  active: Copy;
  previous?: Copy;
}

/**
 * The files of a site's copies in the Cache API, under the hash of their content: what two deployments have in
 * common is there once, and what was left of an interrupted download is known to be right.
 */
export class CopyStorage {
  private readonly name: string;

  /** `base` is the path of the site's base URL. */
  constructor(
    base: string,
    private readonly caches: CacheStorage,
  ) {
    this.name = `lectern-offline:${base}`;
  }

  /** The copies there are. */
  async record(): Promise<CopyRecord | undefined> {
    const found = await this.caches.match(RECORD, { cacheName: this.name });
    return found?.json();
  }

  /** Makes these copies those in use. */
  async setRecord(record: CopyRecord): Promise<void> {
    await (await this.open()).put(RECORD, Response.json(record));
  }

  /** A file by its key. */
  async file(key: string): Promise<Response | undefined> {
    return this.caches.match(KEYS + key, { cacheName: this.name });
  }

  /** Puts a file under its key. */
  async put(key: string, response: Response): Promise<void> {
    await (await this.open()).put(KEYS + key, response);
  }

  /** The keys of all files. */
  async keys(): Promise<Set<string>> {
    if (!(await this.caches.has(this.name))) return new Set();
    const requests = await (await this.open()).keys();
    const files = requests.filter(({ url }) => url.startsWith(KEYS));
    return new Set(files.map(({ url }) => url.slice(KEYS.length)));
  }

  /** Deletes the files whose keys are not among `needed`. */
  async prune(needed: ReadonlySet<string>): Promise<void> {
    const unneeded = [...(await this.keys())].filter((key) => !needed.has(key));
    if (unneeded.length === 0) return;
    const cache = await this.open();
    await Promise.all(unneeded.map((key) => cache.delete(KEYS + key)));
  }

  /** Deletes everything. */
  async clear(): Promise<void> {
    await this.caches.delete(this.name);
  }

  private open(): Promise<Cache> {
    return this.caches.open(this.name);
  }
}

/** The key of a file: with its extension, because files of one content may have several types. */
export function keyOf([path, , hash]: ListedFile): string {
  return hash + (/\.\w+$/.exec(path)?.[0] ?? '');
}

/** The keys of all files of some copies. */
export function keysOf(...copies: (Copy | undefined)[]): Set<string> {
  return new Set(copies.flatMap((copy) => Object.values(copy?.files ?? {})));
}

/** Keys of the Cache API are addresses; nothing is ever asked of this host (RFC 2606). */
const KEYS = 'https://lectern.invalid/offline/';

const RECORD = 'https://lectern.invalid/offline-record';
