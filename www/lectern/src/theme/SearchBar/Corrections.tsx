import type { ReactNode } from 'react';
import { translate } from '@docusaurus/Translate';
import type { SearchResponse } from 'lectern';
import styles from './styles.module.css';

/** What a correction needs: the answer it is about, and a way to search anew. */
export interface Props {
  response: SearchResponse;
  onQuery(query: string): void;
}

/** Offers the query with its unknown words corrected. */
export default function Corrections({ response: { suggestion }, onQuery }: Props): ReactNode {
  if (suggestion === undefined) return null;
  return (
    <p className={styles.corrections}>
      {translate({ id: 'theme.SearchBar.didYouMean', message: 'Did you mean' })}{' '}
      <button type="button" className={styles.correction} onClick={() => onQuery(suggestion)}>
        {suggestion}
      </button>
      ?
    </p>
  );
}
