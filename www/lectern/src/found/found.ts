import { Store } from '../state/store.js';
import { handOver } from './handover.js';

/** A text of a page. */
export interface Passage {
  /** Address of its page, with the site's base URL and an anchor where it has one. */
  url: string;
  text: string;
}

/** The passage that the reader goes to or has come to, until it is cleared. */
export const found = new Store<Passage | undefined>(undefined);

let navigate: ((url: string) => void) | undefined;

/** Goes to a page of this site and shows the text there: scrolled to and highlighted. */
export function goTo(url: string, text: string): void {
  const passage = { url, text };
  if (navigate) {
    found.set(passage);
    navigate(url);
  } else {
    handOver(passage);
    location.assign(url);
  }
}

/** Lets `goTo` move by a router's function, without loading a page, until the returned one is called. */
export function navigateBy(push: (url: string) => void): () => void {
  navigate = push;
  return () => {
    if (navigate === push) navigate = undefined;
  };
}
