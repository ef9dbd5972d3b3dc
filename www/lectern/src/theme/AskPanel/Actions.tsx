import type { ReactNode } from 'react';
import { translate } from '@docusaurus/Translate';
import useBaseUrl from '@docusaurus/useBaseUrl';
import { markdownOf, type Turn } from 'lectern/conversation';
import CopyButton from '@theme/AskPanel/CopyButton';
import Feedback from '@theme/AskPanel/Feedback';
import IconButton from '@theme/AskPanel/IconButton';
import { useAsking } from '@theme/AskPanel/useAsking';
import styles from './panel.module.css';

/** What can be done with an answer. */
export default function Actions({ turn }: { turn: Turn }): ReactNode {
  const { conversation, relay } = useAsking();
  const base = useBaseUrl('/');
  return (
    <div className={styles.actions}>
      <CopyButton label={copy()} text={() => markdownOf(turn, new URL(base, location.href).href)} />
      {relay && turn.state === 'done' && (
        <IconButton icon="retry" label={again()} onClick={() => void conversation.retry(turn.id)} />
      )}
      {relay && turn.message !== undefined && <Feedback turn={turn} relay={relay} />}
    </div>
  );
}

function copy(): string {
  return translate({ id: 'theme.AskPanel.copy', message: 'Copy as Markdown' });
}

function again(): string {
  return translate({ id: 'theme.AskPanel.again', message: 'Answer again' });
}
