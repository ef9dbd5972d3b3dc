import { superseded } from './errors.js';

/** A task's place among the others. */
export interface Turn {
  /** False once a newer task has come: the result is not wanted then. */
  wanted(): boolean;
  /** Lets a newer task start before this one has ended: for one that only waits. */
  release(): void;
}

/** Work that takes its turn. */
export type Task<T> = (turn: Turn) => Promise<T>;

interface Job<T> {
  task: Task<T>;
  resolve(value: T): void;
  reject(error: unknown): void;
}

/**
 * Runs one task at a time, unless it releases its turn, and only ever the newest: whatever waits or runs
 * when a newer one comes is rejected as superseded, so a fast typist never builds up a queue.
 */
export class LatestWins<T> {
  /** The newest job until it has ended. */
  private latest?: Job<T>;
  /** The job that has the turn. */
  private running?: Job<T>;

  /** Runs `task` as soon as the one under way has ended or released its turn. */
  run(task: Task<T>): Promise<T> {
    this.latest?.reject(superseded());
    return new Promise((resolve, reject) => {
      this.latest = { task, resolve, reject };
      if (!this.running) void this.start(this.latest);
    });
  }

  private async start(job: Job<T>): Promise<void> {
    this.running = job;
    const wanted = () => this.latest === job;
    const release = () => this.release(job);
    await job.task({ wanted, release }).then(job.resolve, job.reject);
    if (wanted()) this.latest = undefined;
    release();
  }

  private release(job: Job<T>): void {
    if (this.running !== job) return;
    this.running = undefined;
    if (this.latest && this.latest !== job) void this.start(this.latest);
  }
}
