import type { ReactNode } from 'react';
import { translate } from '@docusaurus/Translate';
import styles from './styles.module.css';

/** The button that closes the dialog, named after the key that does the same. */
export default function CloseButton({ onClose }: { onClose(): void }): ReactNode {
  const label = translate({ id: 'theme.SearchBar.close', message: 'Close search' });
  return (
    <button type="button" className={styles.close} aria-label={label} onClick={onClose}>
      <kbd className={styles.key} data-key="Esc" />
      <span className={styles.cross} />
    </button>
  );
}
