import type { ReactNode } from 'react';
import { translate } from '@docusaurus/Translate';
import type { LecternError, SearchResponse } from 'lectern';
import { useLectern } from 'lectern/react';
import { isFiltered, type Filters } from 'lectern/search';
import Corrections from '@theme/SearchBar/Corrections';
import { problem } from '@theme/SearchBar/problem';
import Results, { type List } from '@theme/SearchBar/Results';
import type { Scope } from '@theme/SearchBar/useScope';
import styles from './styles.module.css';

/** What came of a query. */
export interface Props {
  scope: Scope;
  filters: Filters;
  query: string;
  response?: SearchResponse;
  error?: LecternError;
  onQuery(query: string): void;
  /** Searches without filters. */
  onEverywhere(): void;
  onClear(): void;
  list: List;
}

/** The results, or what to say in their place. */
export default function Outcome(props: Props): ReactNode {
  const { scope, query, response, error, list } = props;
  const { stage, error: failure } = useLectern(scope.client);
  if (stage === 'failed') {
    return (
      <Message alert text={failure && problem(failure)}>
        <button type="button" className={styles.action} onClick={() => void scope.client.start()}>
          {translate({ id: 'theme.SearchBar.tryAgain', message: 'Try again' })}
        </button>
      </Message>
    );
  }
  if (query.trim() === '') return <Welcome {...props} />;
  if (error) return <Message alert text={problem(error)} />;
  return (
    <div className={styles.body}>
      {response && <Corrections response={response} onQuery={props.onQuery} />}
      {response?.relaxed && response.pages.length > 0 && (
        <p className={styles.corrections}>{relaxed()}</p>
      )}
      <p className={styles.hidden} role="status">
        {response && !list.busy && count(response)}
      </p>
      <Results list={list} />
      {response?.pages.length === 0 && <NothingFound {...props} query={response.query} />}
    </div>
  );
}

/** What there is before anything was typed. */
function Welcome({ list, onClear }: Props): ReactNode {
  if (list.choices.length === 0) return <Message text={welcome()} />;
  return (
    <div className={styles.body}>
      <Results list={list} />
      <p className={styles.forget}>
        <button type="button" className={styles.action} onClick={onClear}>
          {translate({ id: 'theme.SearchBar.clearRecent', message: 'Clear the history' })}
        </button>
        <span className={styles.keyHint} aria-hidden="true">
          <kbd className={styles.key}>Shift</kbd>
          <kbd className={styles.key}>Del</kbd>
          {translate({ id: 'theme.SearchBar.toForget', message: 'to remove one' })}
        </span>
      </p>
    </div>
  );
}

function NothingFound({ query, filters, onEverywhere }: Props): ReactNode {
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
          message: 'Try other words or fewer of them, or describe what you are looking for.',
        })}
      </p>
      {isFiltered(filters) && (
        <button type="button" className={styles.action} onClick={onEverywhere}>
          {translate({ id: 'theme.SearchBar.everywhere', message: 'Search the whole book' })}
        </button>
      )}
    </div>
  );
}

/** Tells a screen reader how many results there are. */
function count({ pages }: SearchResponse): string {
  const count = pages.reduce((sum, page) => sum + page.hits.length, 0);
  return translate({ id: 'theme.SearchBar.count', message: '{count} results' }, { count });
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
