import { useEffect, type ReactNode } from 'react';
import { translate } from '@docusaurus/Translate';
import Failed from '@theme/Account/Failed';
import { useAction } from '@theme/Account/useAction';
import { useRelay } from '@theme/Account/useRelay';
import styles from './styles.module.css';

/** Asks the relay who is signed in, and shows that it is doing so. */
export default function ReadSession(): ReactNode {
  const relay = useRelay();
  const { failure, run } = useAction(async () => void (await relay.readSession()));
  // Asked once, when it is first shown.
  useEffect(run, []);
  return failure ? (
    <Failed failure={failure} onRetry={run} />
  ) : (
    <p className={styles.note} role="status">
      {translate({ id: 'theme.Account.reading', message: 'One moment…' })}
    </p>
  );
}
