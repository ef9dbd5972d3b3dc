import { lazy, Suspense, useEffect, useId, useState, type ReactNode } from 'react';
import ErrorBoundary from '@docusaurus/ErrorBoundary';
import { translate } from '@docusaurus/Translate';
import { opening } from 'lectern/ask';
import { useStore } from 'lectern/react';
import Ask from '@theme/AskPanel/Ask';
import Conversations from '@theme/AskPanel/Conversations';
import Frame from '@theme/AskPanel/Frame';
import Header from '@theme/AskPanel/Header';
import { useAsking } from '@theme/AskPanel/useAsking';
import styles from './panel.module.css';

const Account = lazy(() => import('@theme/Account'));
const Offline = lazy(() => import('@theme/Offline'));
const Retell = lazy(() => import('@theme/Retell'));

/** The panel: it answers questions, and has the places around that. */
export default function AskPanel(): ReactNode {
  const { panel, relay } = useAsking();
  const { wish } = useStore(opening);
  const view = useStore(panel.view);
  const titleId = useId();
  const [newest, setNewest] = useState<object>();

  useEffect(() => {
    if (wish && panel.take(wish)) setNewest(wish);
  }, [panel, wish]);
  useEffect(() => {
    // Who is signed in decides what is shown; without an answer nobody is.
    relay?.readSession().catch(() => undefined);
  }, [relay]);

  return (
    <Frame titleId={titleId}>
      <Header titleId={titleId} view={view} />
      {view === 'ask' && <Ask wish={newest} />}
      {view === 'conversations' && <Conversations />}
      <ErrorBoundary key={view} fallback={() => <Missing />}>
        <Suspense>
          {view === 'account' && <Account />}
          {view === 'offline' && <Offline />}
          {view === 'retell' && <Retell />}
        </Suspense>
      </ErrorBoundary>
    </Frame>
  );
}

/** In the place of a view whose code cannot be had. */
function Missing(): ReactNode {
  return (
    <p className={styles.missing} role="alert">
      {translate({
        id: 'theme.AskPanel.missing',
        message: 'This could not be loaded. Check the connection and reload the page.',
      })}
    </p>
  );
}
