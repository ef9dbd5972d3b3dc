import type { ReactNode } from 'react';
import { translate } from '@docusaurus/Translate';
import AskButton from '@theme/SearchBar/AskButton';
import FoundHost from '@theme/SearchBar/FoundHost';
import SearchButton from '@theme/SearchBar/SearchButton';
import styles from './styles.module.css';

/** What the navbar has of Lectern: the button that searches, the one that asks, and what shows a passage found. */
export default function SearchBar(): ReactNode {
  return (
    <div className={styles.bar}>
      <SearchButton />
      <AskButton />
      <FoundHost />
      <noscript className={styles.noScript}>
        {translate({ id: 'theme.SearchBar.noScript', message: 'Search needs JavaScript' })}
      </noscript>
    </div>
  );
}
