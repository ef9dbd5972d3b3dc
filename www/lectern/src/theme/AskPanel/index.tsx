import { useEffect, useId, useState, type ReactNode } from 'react';
import { opening } from 'lectern/ask';
import { useStore } from 'lectern/react';
import Account from '@theme/Account';
import Ask from '@theme/AskPanel/Ask';
import Conversations from '@theme/AskPanel/Conversations';
import Frame from '@theme/AskPanel/Frame';
import Header from '@theme/AskPanel/Header';
import Retell from '@theme/Retell';
import { useAsking } from '@theme/AskPanel/useAsking';

/** The panel: it answers questions, and has the places around that. */
export default function AskPanel(): ReactNode {
  const { panel } = useAsking();
  const { wish } = useStore(opening);
  const view = useStore(panel.view);
  const titleId = useId();
  const [newest, setNewest] = useState<object>();

  useEffect(() => {
    if (wish && panel.take(wish)) setNewest(wish);
  }, [panel, wish]);

  return (
    <Frame titleId={titleId}>
      <Header titleId={titleId} view={view} />
      {view === 'ask' && <Ask wish={newest} />}
      {view === 'conversations' && <Conversations />}
      {view === 'account' && <Account />}
      {view === 'retell' && <Retell />}
    </Frame>
  );
}
