import type { Relay } from '../relay/index.js';
import { Store } from '../state/store.js';
import type { Keeping } from './keeping.js';
import { titleOf, turnsOf, type Saved } from './records.js';

/** A conversation in the list. */
export interface Entry {
  id: string;
  title: string;
  /** Milliseconds since 1970 at its last change. */
  at: number;
  /** Who keeps it: the relay, or this browser. */
  where: 'relay' | 'browser';
}

/** The list of conversations. */
export interface Listing {
  readonly entries: Entry[];
  /** Where those of the relay go on, if there are more. */
  readonly next?: string;
  readonly loading: boolean;
  /** Whether the relay's conversations could not be had. */
  readonly failed: boolean;
}

/** The conversations that relay and browser keep. */
export class Archive {
  /** What is known of them. */
  readonly listing = new Store<Listing>({ entries: [], loading: false, failed: false });

  constructor(
    private readonly keeping: Keeping,
    private readonly relay?: Relay,
  ) {}

  /** Lists them anew. */
  async refresh(): Promise<void> {
    this.listing.set({ entries: this.here(), loading: this.isSignedIn, failed: false });
    await this.more();
  }

  /** Adds further ones of the relay. */
  async more(): Promise<void> {
    if (!this.relay || !this.isSignedIn) return;
    const before = this.listing.getSnapshot();
    this.listing.set({ ...before, loading: true, failed: false });
    try {
      const { conversations, next } = await this.relay.conversations(before.next);
      const entries = conversations.map(({ id, title, updatedAt }) => {
        return { id, title, at: Date.parse(updatedAt), where: 'relay' } as const;
      });
      const known = before.entries.filter(({ id }) => !entries.some((own) => own.id === id));
      this.set([...known, ...entries], { next: next ?? undefined });
    } catch {
      this.listing.set({ ...before, loading: false, failed: true });
    }
  }

  /** A conversation with its turns; nothing where it is gone. */
  async open({ id, where }: Entry): Promise<Saved | undefined> {
    if (where === 'browser') return this.keeping.list().find((saved) => saved.id === id);
    const messages = [];
    let next: string | null | undefined;
    do {
      const part = await this.relay!.conversation(id, next);
      messages.push(...part.messages);
      next = part.next;
    } while (next);
    return { id, at: Date.now(), remote: id, turns: turnsOf(messages) };
  }

  /** Deletes a conversation for good. */
  async remove({ id, where }: Entry): Promise<void> {
    if (where === 'relay') await this.relay!.deleteConversation(id);
    else this.keeping.remove(id);
    const listing = this.listing.getSnapshot();
    this.set(
      listing.entries.filter((entry) => entry.id !== id || entry.where !== where),
      listing,
    );
  }

  private get isSignedIn(): boolean {
    return this.relay?.session.getSnapshot().status === 'signed-in';
  }

  private here(): Entry[] {
    return this.keeping.list().map((saved) => {
      return { id: saved.id, title: titleOf(saved), at: saved.at, where: 'browser' };
    });
  }

  private set(entries: Entry[], { next }: { next?: string }): void {
    const inOrder = [...entries].sort((a, b) => b.at - a.at);
    this.listing.set({ entries: inOrder, next, loading: false, failed: false });
  }
}
