import { parse, type Saved } from './records.js';
import type { Scope, Turn } from './turn.js';

/** Conversations that a browser keeps. */
const MOST = 30;

/** What is being typed. */
export interface Draft {
  text: string;
  scope: Scope;
}

/** What a tab goes on with after it was loaded again. */
export interface Resumed {
  current?: Saved;
  draft?: Draft;
}

/**
 * Keeps conversations in the browser: the one under way for this tab, earlier ones for all. Each has an entry of its
 * own, so that tabs do not overwrite each other. Where storage is blocked or full, nothing is kept.
 */
export class Keeping {
  private readonly prefix: string;
  private readonly session: string;

  /** `site` tells the books of one origin apart. */
  constructor(
    site: string,
    private readonly tab: Storage | undefined = allowed(() => globalThis.sessionStorage),
    private readonly shared: Storage | undefined = allowed(() => globalThis.localStorage),
  ) {
    this.prefix = `lectern-conversation:${site}:`;
    this.session = `lectern-asking:${site}`;
  }

  /** What this tab was doing. */
  resume(): Resumed {
    try {
      const { current, draft } = JSON.parse(this.tab?.getItem(this.session) ?? '{}');
      return { current: parse(JSON.stringify(current ?? null)), draft };
    } catch {
      return {};
    }
  }

  /** Notes what this tab is doing. */
  note(resumed: Resumed): void {
    try {
      this.tab?.setItem(this.session, JSON.stringify(resumed));
    } catch {
      // There is no room: a page that is loaded again begins anew.
    }
  }

  /** The conversations that are kept, the latest first. */
  list(): Saved[] {
    const found = this.keys().map((key) => parse(this.shared!.getItem(key)));
    return found.filter((saved) => saved !== undefined).sort((a, b) => b.at - a.at);
  }

  /** Keeps a conversation, with the turns that another tab has added to it. */
  keep(saved: Saved): void {
    const key = this.prefix + saved.id;
    const text = () => {
      const before = parse(this.shared?.getItem(key) ?? null)?.turns ?? [];
      return JSON.stringify({ ...saved, turns: merged(before, saved.turns) });
    };
    for (const oldest of this.list().slice(MOST)) this.remove(oldest.id);
    try {
      this.shared?.setItem(key, text());
    } catch {
      this.makeRoom(saved.id);
      try {
        this.shared?.setItem(key, text());
      } catch {
        // There is still no room; the conversation goes on without being kept.
      }
    }
  }

  /** Forgets a conversation. */
  remove(id: string): void {
    this.shared?.removeItem(this.prefix + id);
  }

  /** Whether a change in storage is one of conversations. */
  concerns(key: string | null): boolean {
    return key === null || key.startsWith(this.prefix);
  }

  private makeRoom(spared: string): void {
    const others = this.list().filter(({ id }) => id !== spared);
    for (const { id } of others.slice(others.length >> 1)) this.remove(id);
  }

  private keys(): string[] {
    return Object.keys(this.shared ?? {}).filter((key) => key.startsWith(this.prefix));
  }
}

/** Turns of both, those of `own` in place of the same ones before; ids are in the order of time. */
function merged(before: Turn[], own: Turn[]): Turn[] {
  const turns = new Map([...before, ...own].map((turn) => [turn.id, turn]));
  return [...turns.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** A storage, unless the browser blocks it. */
function allowed(storage: () => Storage): Storage | undefined {
  try {
    return storage();
  } catch {
    return undefined;
  }
}
