import type { ReactNode } from 'react';
import type { LecternClient } from 'lectern';
import { useLectern } from 'lectern/react';
import styles from './styles.module.css';

/** A thin bar below the search box while something loads. */
export default function Progress({ client }: { client: LecternClient }): ReactNode {
  const { stage, loaded, total } = useLectern(client);
  if (stage !== 'loading-words' && stage !== 'loading-meaning') return null;
  const share = total > 0 ? Math.min(loaded / total, 1) : 0;
  return (
    <div className={styles.progress} aria-hidden="true">
      <div className={styles.progressBar} style={{ inlineSize: `${100 * share}%` }} />
    </div>
  );
}
