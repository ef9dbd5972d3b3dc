import type { ReactNode } from 'react';
import { translate } from '@docusaurus/Translate';
import type { LecternClient, LecternError, SearchResponse } from 'lectern';
import { useLectern } from 'lectern/react';
import Corrections from '@theme/SearchBar/Corrections';
import Results, { type List } from '@theme/SearchBar/Results';
import styles from './styles.module.css';

/** What came of a query. */
export interface Props {
  client: LecternClient;
  query: string;
  response?: SearchResponse;
  error?: LecternError;
  onQuery(query: string): void;
  list: List;
}

/** The results, or what to say in their place. */
export default function Outcome({
  client,
  query,
  response,
  error,
  onQuery,
  list,
}: Props): ReactNode {
  const { stage, error: failure } = useLectern(client);
  if (stage === 'failed') {
    return (
      <Message alert text={failure?.message}>
        <button type="button" className={styles.action} onClick={() => void client.start()}>
          {translate({ id: 'theme.SearchBar.tryAgain', message: 'Try again' })}
        </button>
      </Message>
    );
  }
  if (query.trim() === '') return <Message text={welcome()} />;
  if (error) return <Message alert text={error.message} />;
  if (!response) return <div className={styles.body} />;
  return (
    <div className={styles.body}>
      <Corrections response={response} onQuery={onQuery} />
      {response.relaxed && <p className={styles.corrections}>{relaxed()}</p>}
      <Count response={response} />
      {response.pages.length > 0 ? (
        <Results pages={response.pages} list={list} />
      ) : (
        <NothingFound query={response.query} />
      )}
    </div>
  );
}

function NothingFound({ query }: { query: string }): ReactNode {
  return (
    <div className={styles.nothing}>
      <p className={styles.nothingTitle}>
        {translate(
          { id: 'theme.SearchBar.nothingFound', message: 'Nothing found for “{query}”' },
          { query },
        )}
      </p>
      <p>
        {translate({
          id: 'theme.SearchBar.nothingFoundHint',
          message: 'Try other words, or describe what you are looking for.',
        })}
      </p>
    </div>
  );
}

/** Tells a screen reader how many results there are. */
function Count({ response }: { response: SearchResponse }): ReactNode {
  const count = response.pages.reduce((sum, page) => sum + page.hits.length, 0);
  return (
    <p className={styles.hidden} role="status">
      {translate({ id: 'theme.SearchBar.count', message: '{count} results' }, { count })}
    </p>
  );
}

function Message({
  text,
  alert,
  children,
}: {
  text?: string;
  alert?: boolean;
  children?: ReactNode;
}): ReactNode {
  return (
    <div className={styles.message} role={alert ? 'alert' : undefined}>
      <p>{text}</p>
      {children}
    </div>
  );
}

function relaxed(): string {
  return translate({
    id: 'theme.SearchBar.relaxed',
    message: 'Nothing has exactly that. These come closest:',
  });
}

function welcome(): string {
  return translate({
    id: 'theme.SearchBar.welcome',
    message: 'Type a word, a name from the code, or a question.',
  });
}
