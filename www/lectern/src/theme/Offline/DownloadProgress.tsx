import { useId, type ReactNode } from 'react';
import { translate } from '@docusaurus/Translate';
import type { OfflineState } from 'lectern/offline';
import { useWriting } from '@theme/Offline/useWriting';
import styles from './styles.module.css';

/** How far a download has come. */
export interface Props {
  progress: NonNullable<OfflineState['progress']>;
}

/** How far a download has come, in bytes and files. */
export default function DownloadProgress({ progress }: Props): ReactNode {
  const { size } = useWriting();
  const { loaded, total, files, allFiles } = progress;
  const label = useId();
  return (
    <div>
      <progress
        className={styles.progress}
        value={loaded}
        max={Math.max(total, 1)}
        aria-labelledby={label}
      />
      <p id={label} className={styles.amount}>
        {translate(
          {
            id: 'theme.Offline.amount',
            message: '{loaded} of {total}, {files} of {allFiles} files',
          },
          { loaded: size(loaded), total: size(total), files, allFiles },
        )}
      </p>
    </div>
  );
}
