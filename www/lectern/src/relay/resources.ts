/** What a relay keeps for readers, as it travels. */

/** What readers say of themselves, for answers and chapters that suit them. */
export interface Profile {
  /** What they know and do: at most 2,000 characters. */
  background: string;
  /** What they want to learn: at most 2,000 characters. */
  goals: string;
  /** BCP 47 tag of the language they want to read; empty for the book's. */
  language: string;
  /** How well they know which subject: at most 20, of at most 60 characters. */
  levels: Record<string, Level>;
}

/** How well someone knows a subject. */
export type Level = 'none' | 'beginner' | 'intermediate' | 'advanced';

/** Most characters of a profile's texts. */
export const LONGEST_TEXT = 2000;

/** Most subjects of a profile, and most characters of one's name. */
export const MOST_SUBJECTS = 20;
export const LONGEST_SUBJECT = 60;

/** A conversation without its messages. Times are as in ISO 8601. */
export interface ConversationSummary {
  id: string;
  title: string;
  createdAt: string;
  updatedAt: string;
}

/** Conversations, the latest first; `next` is what `behind` is to be for those after them. */
export interface ConversationList {
  conversations: ConversationSummary[];
  next: string | null;
}

/** A conversation with messages in their order; `next` as in a list. */
export interface Conversation extends ConversationSummary {
  messages: KeptMessage[];
  next: string | null;
}

/** A message that the relay has kept, as the AI SDK has them (`UIMessage`). */
export interface KeptMessage {
  id: string;
  role: 'user' | 'assistant';
  parts: unknown[];
  metadata: { status: 'complete' | 'cut'; createdAt: string };
}

/** What a reader thinks of an answer. */
export interface Feedback {
  /** Id of the answer's message. */
  message: string;
  rating: 'up' | 'down';
  /** At most 2,000 characters. */
  note: string;
}

/** Who signs up. */
export interface NewAccount {
  name: string;
  email: string;
  /** 8 to 128 characters. */
  password: string;
}
