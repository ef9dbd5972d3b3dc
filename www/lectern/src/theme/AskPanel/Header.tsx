import type { ReactNode } from 'react';
import { translate } from '@docusaurus/Translate';
import { closePanel, type View } from 'lectern/ask';
import { useStore } from 'lectern/react';
import IconButton from '@theme/AskPanel/IconButton';
import { useAsking } from '@theme/AskPanel/useAsking';
import { usePluginOptions } from '@theme/SearchBar/usePluginOptions';
import styles from './panel.module.css';

/** What the header names and where it leads. */
export interface Props {
  titleId: string;
  view: View;
}

/** The panel's title, and the ways to what else there is. */
export default function Header({ titleId, view }: Props): ReactNode {
  const { panel, conversation, relay } = useAsking();
  const { offline } = usePluginOptions();
  const { turns } = useStore(conversation.state);
  const show = (wanted: View) => () => panel.view.set(wanted);
  const startNew = () => {
    conversation.startNew();
    panel.view.set('ask');
  };

  return (
    <header className={styles.header}>
      {view !== 'ask' && <IconButton icon="back" label={back()} onClick={show('ask')} />}
      <h2 id={titleId} className={styles.title}>
        {TITLES[view]()}
      </h2>
      {view === 'ask' && turns.length > 0 && (
        <IconButton icon="new" label={another()} onClick={startNew} />
      )}
      {view === 'ask' && (
        <>
          <IconButton icon="list" label={TITLES.conversations()} onClick={show('conversations')} />
          {offline && (
            <IconButton icon="offline" label={TITLES.offline()} onClick={show('offline')} />
          )}
          {relay && (
            <IconButton icon="account" label={TITLES.account()} onClick={show('account')} />
          )}
        </>
      )}
      <IconButton icon="close" label={close()} onClick={() => closePanel()} />
    </header>
  );
}

const TITLES: Record<View, () => string> = {
  ask: () => translate({ id: 'theme.AskPanel.title', message: 'Ask the book' }),
  conversations: () => translate({ id: 'theme.AskPanel.conversations', message: 'Conversations' }),
  account: () => translate({ id: 'theme.AskPanel.account', message: 'Account' }),
  retell: () => translate({ id: 'theme.AskPanel.retell', message: 'Retold for you' }),
  offline: () => translate({ id: 'theme.AskPanel.offline', message: 'Reading offline' }),
};

function back(): string {
  return translate({ id: 'theme.AskPanel.back', message: 'Back to the conversation' });
}

function another(): string {
  return translate({ id: 'theme.AskPanel.new', message: 'New conversation' });
}

function close(): string {
  return translate({ id: 'theme.AskPanel.close', message: 'Close' });
}
