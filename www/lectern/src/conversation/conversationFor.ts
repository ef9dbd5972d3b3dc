import type { Relay } from '../relay/index.js';
import { Archive } from './archive.js';
import type { Book } from './book.js';
import { Conversation } from './conversation.js';
import { Keeping } from './keeping.js';
import { Panel } from './panel.js';

/** The conversation of a page, the ones before it, and what the panel shows. */
export interface Asking {
  conversation: Conversation;
  archive: Archive;
  panel: Panel;
}

const pages = new Map<string, Asking>();

/** The conversation about the book at a site's base URL. The same one as long as the page lives. */
export function conversationFor(site: string, book: Book, relay?: Relay): Asking {
  const asking = pages.get(site) ?? begin(site, book, relay);
  pages.set(site, asking);
  return asking;
}

function begin(site: string, book: Book, relay?: Relay): Asking {
  const keeping = new Keeping(site);
  const conversation = new Conversation({ book, relay, keeping });
  const archive = new Archive(keeping, relay);
  globalThis.addEventListener?.('pagehide', conversation.note);
  globalThis.addEventListener?.('storage', ({ key }) => {
    if (keeping.concerns(key)) void archive.refresh();
  });
  return { conversation, archive, panel: new Panel(conversation) };
}
