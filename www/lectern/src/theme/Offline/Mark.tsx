import type { ReactNode } from 'react';
import { translate } from '@docusaurus/Translate';
import { useOffline } from 'lectern/offline';
import styles from './mark.module.css';

/** Says that there is no network, while there is none. */
export default function Mark(): ReactNode {
  if (!useOffline()) return null;
  return (
    <span className={styles.mark}>
      {translate({ id: 'theme.Offline.mark', message: 'Offline' })}
    </span>
  );
}
