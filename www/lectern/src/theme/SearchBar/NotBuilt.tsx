import type { ReactNode } from 'react';
import { translate } from '@docusaurus/Translate';
import styles from './styles.module.css';

/** What stands in the dialog while a site is being written, when it has no index. */
export default function NotBuilt(): ReactNode {
  return (
    <div className={styles.message}>
      <p>
        {translate({
          id: 'theme.SearchBar.notBuilt',
          message:
            'The search index is built by “docusaurus build”. Run it, then “docusaurus serve”, to search.',
        })}
      </p>
    </div>
  );
}
