import { useEffect, useId, useState, type ReactNode } from 'react';
import { opening } from 'lectern/ask';
import { useStore } from 'lectern/react';
import Ask from '@theme/AskPanel/Ask';
import Conversations from '@theme/AskPanel/Conversations';
import Frame from '@theme/AskPanel/Frame';
import Header from '@theme/AskPanel/Header';
import Offline from '@theme/Offline';
import { useAsking } from '@theme/AskPanel/useAsking';

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
      {view === 'offline' && <Offline />}
    </Frame>
  );
}
