import type { ReactNode } from 'react';
import AskButton from '@theme/SearchBar/AskButton';
import SearchButton from '@theme/SearchBar/SearchButton';
import styles from './styles.module.css';

/** What the navbar has of Lectern: the button that searches and the one that asks. */
export default function SearchBar(): ReactNode {
  return (
    <div className={styles.bar}>
      <SearchButton />
      <AskButton />
    </div>
  );
}
