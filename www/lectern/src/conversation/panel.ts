import type { View, Wish } from '../ask/index.js';
import { Store } from '../state/store.js';
import type { Conversation } from './conversation.js';
import { BOOK } from './turn.js';

/** What the panel shows, and that each wish is followed once, whatever becomes of the components. */
export class Panel {
  /** What is shown. */
  readonly view = new Store<View>('ask');
  private readonly taken = new WeakSet<Wish>();

  constructor(private readonly conversation: Conversation) {}

  /** Follows a wish; tells whether it is a new one. */
  take(wish: Wish): boolean {
    if (this.taken.has(wish)) return false;
    this.taken.add(wish);
    const { question, selection } = wish;
    const isToAsk = question !== undefined || selection !== undefined;
    this.view.set(wish.view ?? (isToAsk ? 'ask' : this.view.getSnapshot()));
    if (selection) this.conversation.type({ scope: { kind: 'selection', ...selection } });
    else if (question !== undefined) this.conversation.type({ scope: BOOK });
    if (question?.trim()) void this.conversation.ask(question);
    return true;
  }
}
