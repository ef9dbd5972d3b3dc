import { Store } from '../state/store.js';
import { failureOf, type Failure } from './errors.js';
import { perRelay } from './perRelay.js';
import type { Relay } from './relay.js';

/** What stands in the form by which readers sign in or up. A password is never part of it. */
export interface AccountFormState {
  readonly mode: 'sign-in' | 'sign-up';
  readonly name: string;
  readonly email: string;
  readonly busy: boolean;
  readonly failure?: Failure;
}

const EMPTY: AccountFormState = { mode: 'sign-in', name: '', email: '', busy: false };

/** Fewest and most characters of a password, as relays count them. */
const PASSWORD = { fewest: 8, most: 128 };

/** The form by which readers sign in or up. It outlives the components that show it. */
export class AccountForm {
  readonly state = new Store<AccountFormState>(EMPTY);

  constructor(private readonly relay: Relay) {
    relay.session.subscribe(() => this.follow());
    this.follow();
  }

  /** Changes what stands in the form; what was wrong with it is no longer told. */
  edit(fields: Partial<Pick<AccountFormState, 'mode' | 'name' | 'email'>>): void {
    this.become({ ...fields, failure: undefined });
  }

  /** Signs in or up. What goes wrong is in the state afterwards. */
  async submit(password: string): Promise<void> {
    const { mode, name, email, busy } = this.state.getSnapshot();
    if (busy) return;
    const account = { name: name.trim(), email: email.trim(), password };
    const code = missing(mode, account);
    if (code) return this.become({ failure: { code } });
    this.become({ busy: true, failure: undefined });
    try {
      if (mode === 'sign-up') await this.relay.signUp(account);
      else await this.relay.signIn({ email: account.email, password });
      this.become({ busy: false });
    } catch (error) {
      this.become({ busy: false, failure: failureOf(error) });
    }
  }

  /** Whose session has expired need not type who they are; who is signed in leaves nothing behind. */
  private follow(): void {
    const { status, user } = this.relay.session.getSnapshot();
    if (status === 'expired' && user) this.become({ mode: 'sign-in', email: user.email });
    if (status === 'signed-in') this.become({ mode: 'sign-in', name: '', email: '' });
  }

  private become(change: Partial<AccountFormState>): void {
    this.state.set({ ...this.state.getSnapshot(), ...change });
  }
}

/** The form for a relay. */
export const accountFormOf = perRelay((relay) => new AccountForm(relay));

/** What a relay would refuse, told without asking it. */
function missing(
  mode: AccountFormState['mode'],
  { name, email, password }: { name: string; email: string; password: string },
): string | undefined {
  if (mode === 'sign-up' && !name) return 'name_missing';
  if (!/^\S+@\S+$/.test(email)) return 'invalid_email';
  if (!password) return 'password_missing';
  if (mode === 'sign-up' && password.length < PASSWORD.fewest) return 'password_too_short';
  return password.length > PASSWORD.most ? 'password_too_long' : undefined;
}
