import { useEffect, useState, type ReactNode } from 'react';
import { translate } from '@docusaurus/Translate';
import useDocusaurusContext from '@docusaurus/useDocusaurusContext';
import { offlineCopy, type OfflineCopy } from 'lectern/offline';
import CopySwitch from '@theme/Offline/CopySwitch';
import styles from './styles.module.css';

/** What a reader does about the copy of the book for times without a network. */
export default function Settings(): ReactNode {
  const { siteConfig } = useDocusaurusContext();
  const [copy, setCopy] = useState<OfflineCopy | 'unsupported'>();

  useEffect(() => {
    const own = offlineCopy(siteConfig.baseUrl);
    setCopy(own ?? 'unsupported');
    void own?.look();
  }, [siteConfig.baseUrl]);

  return (
    <div className={styles.settings}>
      <p className={styles.intro}>
        {translate({
          id: 'theme.Offline.intro',
          message: 'Keep this book in your browser, to read and search it without a network.',
        })}
      </p>
      {copy === 'unsupported' && <p className={styles.note}>{unsupported()}</p>}
      {copy && copy !== 'unsupported' && <CopySwitch copy={copy} />}
    </div>
  );
}

function unsupported(): string {
  return translate({
    id: 'theme.Offline.unsupported',
    message:
      'This browser cannot keep the book here. Private windows and pages without https do not allow it: open the site in an ordinary window, or update the browser.',
  });
}
