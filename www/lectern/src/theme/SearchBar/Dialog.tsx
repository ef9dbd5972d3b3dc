import {
  useEffect,
  useId,
  useRef,
  useState,
  type ComponentType,
  type KeyboardEvent,
  type ReactNode,
} from 'react';
import { createPortal } from 'react-dom';
import { translate } from '@docusaurus/Translate';
import CloseButton from '@theme/SearchBar/CloseButton';
import Input, { type Combobox } from '@theme/SearchBar/Input';
import type { Props as SearchProps } from '@theme/SearchBar/Search';
import styles from './styles.module.css';

/** What the dialog shows and how it tells of changes. */
export interface Props {
  /** What fills the dialog, once it is loaded. */
  Search?: ComponentType<SearchProps>;
  /** True when it could not be loaded. */
  failed: boolean;
  /** What has been typed. */
  query: string;
  onQuery(query: string): void;
  onRetry(): void;
  /** Called when the dialog has closed, however that came about. */
  onClose(): void;
}

/**
 * The search dialog: a modal `<dialog>`, so that focus stays inside and Esc closes it, on phones the gesture to
 * go back too. It takes text before the code that searches is there.
 */
export default function Dialog(props: Props): ReactNode {
  const { Search, failed, query, onQuery, onRetry, onClose } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const [combobox, setCombobox] = useState<Combobox>();
  const onKeyDown = useRef<(event: KeyboardEvent) => void>(undefined);
  const title = useId();

  useEffect(() => {
    if (!dialog.current?.open) dialog.current?.showModal();
    input.current?.select();
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
        <div className={styles.head}>
          <span className={styles.lens} aria-hidden="true" />
          <Input
            inputRef={input}
            query={query}
            combobox={combobox}
            onQuery={onQuery}
            onKeyDown={(event) => onKeyDown.current?.(event)}
          />
          <CloseButton onClose={close} />
        </div>
        {Search ? (
          <Search
            query={query}
            input={input}
            onKeyDown={onKeyDown}
            onCombobox={setCombobox}
            onQuery={onQuery}
            onClose={close}
          />
        ) : (
          <div className={styles.message} role="alert">
            {failed && <Unavailable onRetry={onRetry} />}
          </div>
        )}
      </div>
    </dialog>,
    document.body,
  );
}

function Unavailable({ onRetry }: { onRetry(): void }): ReactNode {
  return (
    <>
      <p>
        {translate({
          id: 'theme.SearchBar.unavailable',
          message: 'Search could not be loaded. Check the connection and try again.',
        })}
      </p>
      <button type="button" className={styles.action} onClick={onRetry}>
        {translate({ id: 'theme.SearchBar.tryAgain', message: 'Try again' })}
      </button>
    </>
  );
}
