import { useEffect, useState, type ReactNode } from 'react';
import { translate } from '@docusaurus/Translate';
import useDocusaurusContext from '@docusaurus/useDocusaurusContext';
import type { Entry } from 'lectern/conversation';
import { useStore } from 'lectern/react';
import IconButton from '@theme/AskPanel/IconButton';
import { useAsking } from '@theme/AskPanel/useAsking';
import styles from './panel.module.css';

/** Earlier conversations: to go on with, or to delete. */
export default function Conversations(): ReactNode {
  const { archive, conversation, panel, relay } = useAsking();
  const { entries, next, loading, failed } = useStore(archive.listing);
  const [trouble, setTrouble] = useState(false);

  useEffect(() => {
    void archive.refresh();
    return relay?.session.subscribe(() => void archive.refresh());
  }, [archive, relay]);
  const open = async (entry: Entry) => {
    const saved = await archive.open(entry);
    if (!saved) return archive.refresh();
    conversation.open(saved);
    panel.view.set('ask');
  };
  const remove = async (entry: Entry) => {
    await archive.remove(entry);
    if (conversation.state.getSnapshot().id === entry.id) conversation.startNew();
  };
  const tried = (work: Promise<unknown>) => {
    setTrouble(false);
    work.catch(() => setTrouble(true));
  };

  return (
    <div className={styles.body} role="region" tabIndex={0} aria-label={label()}>
      {(failed || trouble) && (
        <div className={styles.notice} role="alert">
          <p>{unreachable()}</p>
          <button type="button" className={styles.action} onClick={() => tried(archive.refresh())}>
            {translate({ id: 'theme.AskPanel.tryAgain', message: 'Try again' })}
          </button>
        </div>
      )}
      {entries.length === 0 && !loading && <p className={styles.welcome}>{none()}</p>}
      <ul className={styles.entries}>
        {entries.map((entry) => (
          <li key={`${entry.where} ${entry.id}`} className={styles.entry}>
            <button type="button" className={styles.entryTitle} onClick={() => tried(open(entry))}>
              <span dir="auto">{entry.title}</span>
              <When entry={entry} />
            </button>
            <IconButton
              icon="delete"
              label={deleteText(entry.title)}
              onClick={() => tried(remove(entry))}
            />
          </li>
        ))}
      </ul>
      {loading && <p className={styles.waiting}>{loadingText()}</p>}
      {next && !loading && (
        <button type="button" className={styles.action} onClick={() => tried(archive.more())}>
          {translate({ id: 'theme.AskPanel.more', message: 'Earlier ones' })}
        </button>
      )}
    </div>
  );
}

function When({ entry: { at, where } }: { entry: Entry }): ReactNode {
  const { i18n } = useDocusaurusContext();
  const date = new Intl.DateTimeFormat(i18n.currentLocale, {
    dateStyle: 'medium',
    timeStyle: 'short',
  });
  return (
    <small className={styles.when}>
      {date.format(at)}
      {where === 'browser' && ` · ${here()}`}
    </small>
  );
}

function label(): string {
  return translate({ id: 'theme.AskPanel.earlier', message: 'Earlier conversations' });
}

function none(): string {
  return translate({
    id: 'theme.AskPanel.none',
    message: 'What you ask is kept here, to go on with it later.',
  });
}

function here(): string {
  return translate({ id: 'theme.AskPanel.here', message: 'in this browser' });
}

function loadingText(): string {
  return translate({ id: 'theme.AskPanel.loading', message: 'Loading…' });
}

function unreachable(): string {
  return translate({
    id: 'theme.AskPanel.listFailed',
    message: 'The server cannot be reached, so its conversations are not here.',
  });
}

function deleteText(title: string): string {
  return translate({ id: 'theme.AskPanel.delete', message: 'Delete “{title}”' }, { title });
}
