import { useEffect, useRef, type ReactNode } from 'react';
import { translate } from '@docusaurus/Translate';
import { useStore } from 'lectern/react';
import Data from '@theme/Account/Data';
import Failed from '@theme/Account/Failed';
import Profile from '@theme/Account/Profile';
import { useAction } from '@theme/Account/useAction';
import { useRelay } from '@theme/Account/useRelay';
import styles from './styles.module.css';

/** What a reader who is signed in can do. `focused` takes them there: what had the focus before has gone. */
export default function SignedIn({ focused }: { focused: boolean }): ReactNode {
  const relay = useRelay();
  const { user } = useStore(relay.session);
  const signOut = useAction(() => relay.signOut());
  const title = useRef<HTMLHeadingElement>(null);
  // Once, when it takes the place of the form.
  useEffect(() => {
    if (focused) title.current?.focus();
  }, []);
  return (
    <>
      <section className={styles.section}>
        <h3 ref={title} className={styles.title} tabIndex={-1}>
          {user?.name}
        </h3>
        <div className={styles.row}>
          <span className={styles.email}>{user?.email}</span>
          <button
            type="button"
            className={styles.button}
            aria-disabled={signOut.busy}
            onClick={signOut.run}
          >
            {translate({ id: 'theme.Account.signOut', message: 'Sign out' })}
          </button>
        </div>
        {signOut.failure && <Failed failure={signOut.failure} />}
      </section>
      <Profile />
      <Data />
    </>
  );
}
