/** A relay from a page: who is signed in, what it keeps for them, and answers as they are written. */
export { codeOf, RelayError } from './errors.js';
export { Relay, type RequestOptions } from './relay.js';
export { relayFor } from './relayFor.js';
export {
  LONGEST_SUBJECT,
  LONGEST_TEXT,
  MOST_SUBJECTS,
  type Conversation,
  type ConversationList,
  type ConversationSummary,
  type Feedback,
  type KeptMessage,
  type Level,
  type NewAccount,
  type Profile,
} from './resources.js';
export type { SessionState, User } from './session.js';
export {
  sourceOf,
  type Source,
  type SourcePart,
  type StreamMetadata,
  type StreamPart,
} from './stream.js';
