import { Store } from '../state/store.js';
import { SharedValue } from './sharedValue.js';

/** Who is signed in. */
export interface User {
  id: string;
  name: string;
  email: string;
}

/** Whether somebody is signed in. Of an `expired` session it is known whose it was. */
export interface SessionState {
  readonly status: 'unknown' | 'signed-out' | 'signed-in' | 'expired';
  readonly user?: User;
}

/**
 * The reader's session at one relay.
 *
 * A relay on the page's own origin keeps it in a cookie that no script can read. Browsers keep cookies of other sites
 * back, so there the session's token is sent as a bearer, and every script of the page could read it: the price of a
 * relay elsewhere, which a relay behind the site's own origin does not have. Either way the tabs of a site share it.
 */
export class Session {
  /** Whether somebody is signed in. */
  readonly state = new Store<SessionState>({ status: 'unknown' });

  private readonly shared: SharedValue;
  private count = 0;

  /** `onElsewhere` is called when another tab has signed in. */
  constructor(
    relayUrl: string,
    private readonly kind: 'cookie' | 'bearer',
    onElsewhere: () => void,
  ) {
    this.shared = new SharedValue(`lectern-session:${relayUrl}`, (value) => {
      if (value === null) this.become({ status: 'signed-out' });
      else if (value === ENDED) this.end();
      else onElsewhere();
    });
  }

  /** Another number with each change of who is signed in. */
  get version(): number {
    return this.count;
  }

  /** Whether a request could show a session. */
  get isPossible(): boolean {
    return this.kind === 'cookie' || Boolean(this.shared.get());
  }

  /** What a request shows besides cookies. */
  headers(): Record<string, string> {
    const token = this.kind === 'bearer' && this.shared.get();
    return token ? { authorization: `Bearer ${token}` } : {};
  }

  /** Whether a request sends cookies. */
  get credentials(): RequestCredentials {
    return this.kind === 'cookie' ? 'same-origin' : 'omit';
  }

  /** Somebody is signed in, by a new token where there is one. */
  begin(user: User, token?: string): void {
    if (this.kind === 'cookie') this.shared.set(user.id);
    else if (token) this.shared.set(token);
    const { id, name, email } = user;
    this.become({ status: 'signed-in', user: { id, name, email } });
  }

  /** The relay knows no such session. */
  end(): void {
    const { status, user } = this.state.getSnapshot();
    if (this.shared.get()) this.shared.set(ENDED);
    if (status === 'signed-in') this.become({ status: 'expired', user });
    else if (status === 'unknown') this.become({ status: 'signed-out' });
  }

  /** The reader has signed out. */
  leave(): void {
    this.shared.set(null);
    this.become({ status: 'signed-out' });
  }

  private become(state: SessionState): void {
    this.count += 1;
    this.state.set(state);
  }
}

/** What tabs share of a session that has ended by itself. */
const ENDED = '';
