import type { BookInfo } from '../client/index.js';
import type { Book } from './book.js';
import type { Source } from './turn.js';

/** The book, and a way to have it opened. */
export type Opened = Pick<Book, 'passages'> & { open(): Promise<BookInfo> };

/**
 * The text of a source: as it came with the source, else from the index. Numbers of passages are those of one book: of
 * another than that with the hash `edition`, where that is known, there is no text.
 */
export async function passageText(
  book: Opened,
  { text, passage }: Source,
  edition?: string,
): Promise<string | undefined> {
  if (text !== undefined || passage === undefined) return text;
  const { hash } = await book.open();
  if (edition !== undefined && edition !== hash) return undefined;
  const [own] = await book.passages([passage]);
  return own?.text;
}
