import { Deadline } from './deadline.js';
import { refusal, RelayError } from './errors.js';
import type { ConversationList, Conversation, Feedback, NewAccount, Profile } from './resources.js';
import { Session, type SessionState, type User } from './session.js';
import type { Store } from '../state/store.js';
import { partsOf, type StreamPart } from './stream.js';

/** What a request is made of. */
export interface RequestOptions {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Sent as JSON. */
  body?: unknown;
  signal?: AbortSignal;
}

/** Milliseconds until a relay must have begun to answer. */
const PATIENCE = 20_000;

/** A relay, as the page that is open sees it. */
export class Relay {
  private readonly keeper: Session;
  private reading?: Promise<SessionState>;

  /** `url` is absolute. */
  constructor(readonly url: string) {
    const kind = new URL(url).origin === globalThis.location?.origin ? 'cookie' : 'bearer';
    const readAgain = () => void this.readSession().catch(() => {});
    this.keeper = new Session(url, kind, readAgain);
    // A page that comes back from the back/forward cache may have missed what other tabs did.
    globalThis.addEventListener?.('pageshow', (event) => {
      const known = this.session.getSnapshot().status !== 'unknown';
      if ((event as PageTransitionEvent).persisted && known) readAgain();
    });
  }

  /** Whether somebody is signed in. `unknown` until the relay was first asked. */
  get session(): Store<SessionState> {
    return this.keeper.state;
  }

  /**
   * Asks the relay and gives its answer, if that is a success; all else is thrown as a `RelayError`, but for what the
   * caller's `signal` ends, which throws the signal's reason.
   */
  async request(path: string, options: RequestOptions = {}): Promise<Response> {
    const deadline = new Deadline(options.signal);
    try {
      return await this.send(path, options, deadline);
    } finally {
      deadline.rest();
    }
  }

  /** Asks for an answer and gives its parts as they come. Who stops listening ends it. */
  async *stream(path: string, body: unknown, signal?: AbortSignal): AsyncGenerator<StreamPart> {
    const deadline = new Deadline(signal);
    try {
      const response = await this.send(path, { method: 'POST', body }, deadline);
      yield* partsOf(response, deadline);
    } catch (error) {
      throw deadline.failure(error, 'cut');
    } finally {
      deadline.end();
    }
  }

  /** Asks the relay who is signed in. */
  readSession(): Promise<SessionState> {
    this.reading ??= this.readOnce().finally(() => (this.reading = undefined));
    return this.reading;
  }

  /** Waits until somebody is signed in. */
  whenSignedIn(signal?: AbortSignal): Promise<User> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const { status, user } = this.session.getSnapshot();
        if (status === 'signed-in' && user) settle(() => resolve(user));
      };
      const leave = () => settle(() => reject(signal?.reason));
      const unsubscribe = this.session.subscribe(look);
      const settle = (how: () => void) => {
        unsubscribe();
        signal?.removeEventListener('abort', leave);
        how();
      };
      signal?.addEventListener('abort', leave);
      if (signal?.aborted) leave();
      else look();
    });
  }

  /** Makes an account and signs in. */
  signUp(account: NewAccount): Promise<void> {
    return this.begin('/api/auth/sign-up/email', account);
  }

  /** Signs in. */
  signIn(credentials: { email: string; password: string }): Promise<void> {
    return this.begin('/api/auth/sign-in/email', credentials);
  }

  /** Signs out, in all tabs. */
  async signOut(): Promise<void> {
    await this.request('/api/auth/sign-out', { method: 'POST' });
    this.keeper.leave();
  }

  /** All that the relay keeps of the reader, as a file. */
  async exportAccount(): Promise<Blob> {
    return (await this.request('/api/account/export')).blob();
  }

  /** Deletes the account and all that is kept of it. A password is needed when the sign-in is older than a day. */
  async deleteAccount(password?: string): Promise<void> {
    await this.request('/api/account', { method: 'DELETE', body: { password } });
    this.keeper.leave();
  }

  /** What the reader says of themselves; empty where they have said nothing. */
  profile(): Promise<Profile> {
    return this.json('/api/profile');
  }

  /** Replaces it, and gives it as it is kept. */
  setProfile(profile: Profile): Promise<Profile> {
    return this.json('/api/profile', { method: 'PUT', body: profile });
  }

  /** The reader's conversations, the latest first, from where an earlier list ended. */
  conversations(behind?: string | null): Promise<ConversationList> {
    return this.json(`/api/conversations${part(behind)}`);
  }

  /** A conversation with its first 100 messages, or those after an earlier part. */
  conversation(id: string, behind?: string | null): Promise<Conversation> {
    return this.json(`/api/conversations/${encodeURIComponent(id)}${part(behind)}`);
  }

  /** Deletes a conversation. */
  async deleteConversation(id: string): Promise<void> {
    await this.request(`/api/conversations/${encodeURIComponent(id)}`, { method: 'DELETE' });
  }

  /** Tells what the reader thinks of an answer, in place of what they thought before. */
  async feedback(feedback: Feedback): Promise<void> {
    await this.request('/api/feedback', { method: 'POST', body: feedback });
  }

  private async json<T>(path: string, options?: RequestOptions): Promise<T> {
    const response = await this.request(path, options);
    return response.json().catch(() => {
      throw new RelayError('not_a_relay', 'what answers is no relay', response.status);
    });
  }

  private async begin(path: string, body: object): Promise<void> {
    const { user, token } = await this.json<{ user: User; token: string }>(path, {
      method: 'POST',
      body,
    });
    this.keeper.begin(user, token);
  }

  private async readOnce(): Promise<SessionState> {
    const { version } = this.keeper;
    const found = this.keeper.isPossible
      ? await this.json<{ user: User } | null>('/api/auth/get-session')
      : null;
    // Somebody has signed in or out meanwhile, which is newer.
    if (version === this.keeper.version) {
      if (found) this.keeper.begin(found.user);
      else this.keeper.end();
    }
    return this.session.getSnapshot();
  }

  private async send(path: string, options: RequestOptions, deadline: Deadline): Promise<Response> {
    const { version } = this.keeper;
    const response = await this.reach(path, options, deadline);
    if (response.ok) return response;
    const error = await refusal(response);
    if (error.code === 'not_signed_in' && version === this.keeper.version) this.keeper.end();
    throw error;
  }

  /** Tries again where that can do no harm: a kept connection may have been closed meanwhile. */
  private async reach(path: string, options: RequestOptions, deadline: Deadline) {
    const { method = 'GET', body } = options;
    const attempt = () => {
      deadline.extend(PATIENCE);
      return fetch(this.url + path, {
        method,
        signal: deadline.signal,
        credentials: this.keeper.credentials,
        cache: 'no-store',
        headers: {
          ...this.keeper.headers(),
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
    };
    try {
      const first = attempt();
      return await (method === 'GET'
        ? first.catch((error: unknown) => {
            if (deadline.signal.aborted) throw error;
            return attempt();
          })
        : first);
    } catch (error) {
      throw deadline.failure(error, 'network');
    }
  }
}

function part(behind: string | null | undefined): string {
  return `?limit=100${behind ? `&behind=${encodeURIComponent(behind)}` : ''}`;
}
