import { writeCache, type Cache } from './cache.js';

/** Writes a cache from time to time while it grows, so that a build that is killed has not worked in vain. */
export class Keeper {
  private changed = false;
  private writing = Promise.resolve();
  private readonly timer: NodeJS.Timeout;

  /** `interval` is in milliseconds. */
  constructor(
    private readonly path: string,
    private readonly cache: Cache,
    interval: number,
  ) {
    this.timer = setInterval(() => void this.keep(), interval);
  }

  /** Tells that the cache holds something new. */
  touch(): void {
    this.changed = true;
  }

  /** Writes what has changed, one writing after another. */
  keep(): Promise<void> {
    if (this.changed) {
      this.changed = false;
      this.writing = this.writing.then(() => writeCache(this.path, this.cache)).catch(warn);
    }
    return this.writing;
  }

  /** Writes the last changes and stops. */
  end(): Promise<void> {
    clearInterval(this.timer);
    return this.keep();
  }
}

/** A cache that cannot be written leaves the index none the worse; only the next build is slower. */
function warn({ message }: Error): void {
  console.warn(`[lectern] vectors are not kept, the next build embeds them again: ${message}`);
}
