import type { ReactNode } from 'react';
import type { Snippet as SearchSnippet } from 'lectern';
import Highlighted from '@theme/SearchBar/Highlighted';
import styles from './hit.module.css';

/** The words of a hit that match, with those about them; code as it is written. */
export default function Snippet({ snippet }: { snippet: SearchSnippet }): ReactNode {
  const { text, highlights, code } = snippet;
  return (
    <span
      dir={code ? 'ltr' : 'auto'}
      className={code ? `${styles.snippet} ${styles.code}` : styles.snippet}
    >
      <Highlighted text={text} ranges={highlights} />
    </span>
  );
}
