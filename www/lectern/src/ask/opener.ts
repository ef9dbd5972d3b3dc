import { Store } from '../state/store.js';

/** What the panel is opened for. */
export interface Wish {
  /** What it shows; where the reader was before, unless told. */
  view?: View;
  /** Where it goes on once the reader has signed in there. */
  back?: View;
  /** A question to ask at once. */
  question?: string;
  /** What the question is about: a text of the page that is read. */
  selection?: Selection;
}

/** What the panel can show. */
export type View = 'ask' | 'conversations' | 'account' | 'retell' | 'offline';

/** Text that a reader has selected. */
export interface Selection {
  text: string;
  /** Address of its page below the site's base URL, without a leading slash. */
  page: string;
}

/** Whether the panel is open, and for what: each wish is a new object. */
export interface Opening {
  readonly open: boolean;
  readonly wish?: Wish;
}

/** Whether the panel is open. It outlives the components that show it. */
export const opening = new Store<Opening>({ open: false });

/** Opens the panel, or takes the open one elsewhere. */
export function openPanel(wish: Wish = {}): void {
  opening.set({ open: true, wish });
}

/** Closes the panel; what is being answered goes on. */
export function closePanel(): void {
  opening.set({ open: false });
}
