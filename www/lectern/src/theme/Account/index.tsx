import { useEffect, useRef, type ReactNode } from 'react';
import { opening, openPanel } from 'lectern/ask';
import { useStore } from 'lectern/react';
import ReadSession from '@theme/Account/ReadSession';
import SignedIn from '@theme/Account/SignedIn';
import SignIn from '@theme/Account/SignIn';
import { useRelay } from '@theme/Account/useRelay';
import styles from './styles.module.css';

/** The panel's view of the reader's account: to sign in, or to change what is kept of them. */
export default function Account(): ReactNode {
  const { status } = useStore(useRelay().session);
  const isSignedIn = status === 'signed-in';
  const hasJustSignedIn = useHasJustSignedIn(status);
  return (
    <div className={styles.view}>
      {status === 'unknown' && <ReadSession />}
      {status !== 'unknown' && !isSignedIn && <SignIn />}
      {isSignedIn && <SignedIn focused={hasJustSignedIn} />}
    </div>
  );
}

/** Whether the reader has signed in here, and then back to where they came from. */
function useHasJustSignedIn(status: string): boolean {
  const wasAsked = useRef(false);
  const isSignedIn = status === 'signed-in';
  const hasJustSignedIn = isSignedIn && wasAsked.current;
  useEffect(() => {
    if (isSignedIn && wasAsked.current) {
      const back = opening.getSnapshot().wish?.back;
      if (back) openPanel({ view: back });
    }
    wasAsked.current = !isSignedIn && status !== 'unknown';
  }, [status, isSignedIn]);
  return hasJustSignedIn;
}
