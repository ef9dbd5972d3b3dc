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
export default function Corrections({ response, onQuery }: Props): ReactNode {
  if (response.corrections.length === 0) return null;
  const corrected = correct(response);
  return (
    <p className={styles.corrections}>
      {translate({ id: 'theme.SearchBar.didYouMean', message: 'Did you mean' })}{' '}
      <button type="button" className={styles.correction} onClick={() => onQuery(corrected)}>
        {corrected}
      </button>
      ?
    </p>
  );
}

function correct({ query, corrections }: SearchResponse): string {
  const words = new Map(corrections.map(({ from, to }) => [from.toLowerCase(), to]));
  return query.replace(/[\p{L}\p{N}_]+/gu, (word) => words.get(word.toLowerCase()) ?? word);
}
