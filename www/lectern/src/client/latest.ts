import { superseded } from './errors.js';

/** Work that can ask, after each wait of its own, whether its result is still wanted. */
export type Task<T> = (wanted: () => boolean) => Promise<T>;

interface Job<T> {
  task: Task<T>;
  resolve(value: T): void;
  reject(error: unknown): void;
}

/**
 * Runs one task at a time and only ever the newest: whatever waits or runs when a newer one comes is
 * rejected as superseded, so a fast typist never builds up a queue.
 */
export class LatestWins<T> {
  private latest?: Job<T>;
  private busy = false;

  /** Runs `task` as soon as the one under way is done. */
  run(task: Task<T>): Promise<T> {
    this.latest?.reject(superseded());
    return new Promise((resolve, reject) => {
      this.latest = { task, resolve, reject };
      if (!this.busy) void this.drain();
    });
  }

  private async drain(): Promise<void> {
    this.busy = true;
    while (this.latest) {
      const job = this.latest;
      await job.task(() => this.latest === job).then(job.resolve, job.reject);
      if (this.latest === job) this.latest = undefined;
    }
    this.busy = false;
  }
}
