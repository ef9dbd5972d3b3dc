import type { Engine } from '../wasm/browser/lectern_browser.js';

/** An open index, and how many calls are using it: one that was replaced is freed when none does any more. */
export class OpenBook {
  private users = 0;
  private retired = false;

  constructor(readonly engine: Engine) {}

  /** Runs a call that uses the engine. */
  async use<T>(call: (engine: Engine) => Promise<T>): Promise<T> {
    this.users += 1;
    try {
      return await call(this.engine);
    } finally {
      this.users -= 1;
      this.freeUnused();
    }
  }

  /** Frees the engine, now or once no call uses it. */
  retire(): void {
    this.retired = true;
    this.freeUnused();
  }

  private freeUnused(): void {
    if (this.retired && this.users === 0) this.engine.free();
  }
}
