import type { ReactNode } from 'react';
import Settings from '@theme/Offline/Settings';
import styles from './styles.module.css';

/** The panel's view of the copy of the book for times without a network. */
export default function Offline(): ReactNode {
  return (
    <div className={styles.view}>
      <Settings />
    </div>
  );
}
