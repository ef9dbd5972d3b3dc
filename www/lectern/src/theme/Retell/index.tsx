import type { ReactNode } from 'react';
import { translate } from '@docusaurus/Translate';
import useDocusaurusContext from '@docusaurus/useDocusaurusContext';
import { retellingsOf } from 'lectern/relay';
import { useStore } from 'lectern/react';
import Profile from '@theme/Account/Profile';
import SignIn from '@theme/Account/SignIn';
import { useRelay } from '@theme/Account/useRelay';
import Retold from '@theme/Retell/Retold';
import { usePage } from '@theme/Retell/usePage';
import styles from './styles.module.css';

/** The panel's view of the page that is read, retold for the reader. The page itself stays as it is. */
export default function Retell(): ReactNode {
  const retellings = retellingsOf(useRelay());
  const page = usePage();
  const { currentLocale } = useDocusaurusContext().i18n;
  const retelling = useStore(retellings.state).get(page);
  const start = () => void retellings.start(page, currentLocale);

  return (
    <div className={styles.view}>
      {!retelling && <Offer onStart={start} />}
      {retelling?.status === 'sign-in' && (
        <>
          <p className={styles.note}>
            {translate({
              id: 'theme.Retell.signIn',
              message: 'To have this chapter retold for you, sign in. It goes on by itself.',
            })}
          </p>
          <SignIn />
        </>
      )}
      {retelling?.status === 'profile' && (
        <>
          <p className={styles.note}>
            {translate({
              id: 'theme.Retell.profile',
              message: 'Say who you are, and save it: the chapter is then retold for you.',
            })}
          </p>
          <Profile />
        </>
      )}
      {retelling && retelling.status !== 'sign-in' && retelling.status !== 'profile' && (
        <Retold retelling={retelling} onStart={start} onStop={() => retellings.stop(page)} />
      )}
    </div>
  );
}

function Offer({ onStart }: { onStart(): void }): ReactNode {
  return (
    <div className={styles.offer}>
      <p className={styles.note}>
        {translate({
          id: 'theme.Retell.offer',
          message:
            'Read this chapter from what you know, towards what you want to learn. The original stays beside it.',
        })}
      </p>
      <button type="button" className={styles.primary} onClick={onStart}>
        {translate({ id: 'theme.Retell.start', message: 'Retell this chapter' })}
      </button>
    </div>
  );
}
