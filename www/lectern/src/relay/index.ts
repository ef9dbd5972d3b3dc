/** A relay from a page: who is signed in, what it keeps for them, and answers as they are written. */
export { accountFormOf, type AccountForm, type AccountFormState } from './accountForm.js';
export { codeOf, failureOf, RelayError, type Failure } from './errors.js';
export {
  profileFormOf,
  type ProfileFields,
  type ProfileForm,
  type ProfileFormState,
  type SubjectLevel,
} from './profileForm.js';
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
export { retellingsOf, type Retelling, type Retellings } from './retellings.js';
export {
  sourceOf,
  type Source,
  type SourcePart,
  type StreamMetadata,
  type StreamPart,
} from './stream.js';
