import { useEffect, useState, type ReactNode } from 'react';
import { createPortal } from 'react-dom';
import { translate } from '@docusaurus/Translate';
import { showPassage, type Passage } from 'lectern/found';
import styles from './styles.module.css';

/** The passage that a reader has come to, and what takes its highlight away. */
export interface Props {
  passage: Passage;
  onClear(): void;
}

/** Shows a passage of the page, and a note that says so with a way to clear it: Esc, or its button. */
export default function Found({ passage, onClear }: Props): ReactNode {
  const [shown, setShown] = useState(false);

  useEffect(() => {
    const showing = showPassage(passage);
    setShown(showing !== undefined);
    return showing?.clear;
  }, [passage]);
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const elsewhere = event.defaultPrevented || document.querySelector('dialog[open]');
      if (event.key === 'Escape' && !elsewhere) onClear();
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, [onClear]);

  return createPortal(
    <div className={styles.layer} role="status">
      {shown && (
        <span className={styles.note}>
          {translate({ id: 'theme.Found.shown', message: 'The passage is highlighted' })}
          <button type="button" className={styles.clear} onClick={onClear}>
            {translate({ id: 'theme.Found.clear', message: 'Clear' })}
            <kbd className={styles.key} aria-hidden="true">
              Esc
            </kbd>
          </button>
        </span>
      )}
    </div>,
    document.body,
  );
}
