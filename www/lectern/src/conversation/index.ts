/** Asking a book: what was asked and answered, apart from the components that show it. */
export { Archive, type Entry, type Listing } from './archive.js';
export type { Book, Passage } from './book.js';
export { Conversation, type Circle } from './conversation.js';
export { conversationFor, type Asking } from './conversationFor.js';
export { markdownOf } from './export.js';
export { Keeping, type Draft } from './keeping.js';
export { Panel } from './panel.js';
export { passageText, type Opened } from './passageText.js';
export type { Saved } from './records.js';
export { endOfSentences, spoken } from './speech.js';
export {
  BOOK,
  isUnderWay,
  type Quote,
  type Quoted,
  type Rating,
  type Reason,
  type Scope,
  type Source,
  type Trouble,
  type Turn,
  type TurnState,
} from './turn.js';
