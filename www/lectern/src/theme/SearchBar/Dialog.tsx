import { useEffect, useId, useRef, type ReactNode } from 'react';
import { createPortal } from 'react-dom';
import { translate } from '@docusaurus/Translate';
import NotBuilt from '@theme/SearchBar/NotBuilt';
import Search from '@theme/SearchBar/Search';
import styles from './styles.module.css';

/** What the dialog shows and how it tells of changes. */
export interface Props {
  /** What has been typed. */
  query: string;
  onQuery(query: string): void;
  /** Called when the dialog has closed, however that came about. */
  onClose(): void;
}

/** The search dialog: a modal `<dialog>`, so that focus stays inside and Esc closes it. */
export default function Dialog({ query, onQuery, onClose }: Props): ReactNode {
  const dialog = useRef<HTMLDialogElement>(null);
  const title = useId();

  useEffect(() => {
    if (!dialog.current?.open) dialog.current?.showModal();
  }, []);
  const close = () => dialog.current?.close();

  return createPortal(
    <dialog
      ref={dialog}
      className={styles.dialog}
      aria-labelledby={title}
      onClose={onClose}
      onClick={(event) => event.target === dialog.current && close()}
    >
      <div className={styles.panel}>
        <h2 id={title} className={styles.hidden}>
          {translate({ id: 'theme.SearchBar.dialog', message: 'Search this site' })}
        </h2>
        {process.env.NODE_ENV === 'production' ? (
          <Search query={query} onQuery={onQuery} onClose={close} />
        ) : (
          <NotBuilt onClose={close} />
        )}
      </div>
    </dialog>,
    document.body,
  );
}
