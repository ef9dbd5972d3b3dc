import { lazy, Suspense, useEffect, useId, useState, type ReactNode } from 'react';
import { opening } from 'lectern/ask';
import { useStore } from 'lectern/react';
import Ask from '@theme/AskPanel/Ask';
import Conversations from '@theme/AskPanel/Conversations';
import Frame from '@theme/AskPanel/Frame';
import Header from '@theme/AskPanel/Header';
import { useAsking } from '@theme/AskPanel/useAsking';

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
      <Suspense>
        {view === 'account' && <Account />}
        {view === 'offline' && <Offline />}
        {view === 'retell' && <Retell />}
      </Suspense>
    </Frame>
  );
}
