import type { MouseEvent, ReactNode } from 'react';
import { translate } from '@docusaurus/Translate';
import type { Hit, LecternError, PageHits, SearchResponse } from 'lectern';
import { goTo, handOver } from 'lectern/found';
import { useLectern } from 'lectern/react';
import { isFiltered, type Filters } from 'lectern/search';
import Corrections from '@theme/SearchBar/Corrections';
import HeadingPath from '@theme/SearchBar/HeadingPath';
import { problem } from '@theme/SearchBar/problem';
import Snippet from '@theme/SearchBar/Snippet';
import type { Scope } from '@theme/SearchBar/useScope';
import { FIRST_HITS, MOST_HITS } from '@theme/SearchPage/useAddress';
import styles from './styles.module.css';

/** What came of the query, and how it tells what a reader does. */
export interface Props {
  scope: Scope;
  filters: Filters;
  limit: number;
  response?: SearchResponse;
  error?: LecternError;
  onQuery(query: string): void;
  /** Searches without filters. */
  onEverywhere(): void;
  /** Asks for more hits. */
  onMore(limit: number): void;
  /** Called before a hit is opened. */
  onOpen(): void;
}

/** The results by page, or what to say in their place. */
export default function Results(props: Props): ReactNode {
  const { scope, limit, response, error, onQuery, onMore } = props;
  const { stage, error: failure } = useLectern(scope.client);
  const trouble = stage === 'failed' ? failure : error;
  const count = response?.pages.reduce((sum, page) => sum + page.hits.length, 0) ?? 0;
  return (
    <>
      <div role="status" className={styles.count}>
        {trouble ? problem(trouble) : response && countOf(count, response.query)}
      </div>
      {stage === 'failed' && (
        <button type="button" className={styles.button} onClick={() => void scope.client.start()}>
          {translate({ id: 'theme.SearchBar.tryAgain', message: 'Try again' })}
        </button>
      )}
      {response && !trouble && (
        <>
          <Corrections response={response} onQuery={onQuery} />
          {response.relaxed && count > 0 && <p>{relaxed()}</p>}
          {count === 0 && <NothingFound {...props} />}
          {response.pages.map((page) => (
            <PageResult key={page.url} page={page} {...props} />
          ))}
          {count >= limit && limit < MOST_HITS && (
            <button
              type="button"
              className={styles.button}
              onClick={() => onMore(limit + FIRST_HITS)}
            >
              {translate({ id: 'theme.SearchPage.more', message: 'More results' })}
            </button>
          )}
        </>
      )}
    </>
  );
}

function PageResult({ page, ...props }: Props & { page: PageHits }): ReactNode {
  return (
    <section className={styles.result}>
      <h2 className={styles.pageTitle} dir="auto">
        {page.title}
      </h2>
      <ul className={styles.hits}>
        {page.hits.map((hit) => (
          <li key={hit.passage}>
            <HitLink hit={hit} page={page} {...props} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function HitLink({ hit, page, scope, onOpen }: Props & { hit: Hit; page: PageHits }): ReactNode {
  const href = scope.baseUrl + hit.url;
  const { text } = hit.snippet;
  const onLeave = () => (onOpen(), handOver({ url: href, text }));
  const onClick = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || scope.abroad) return onLeave();
    event.preventDefault();
    onOpen();
    goTo(href, text);
  };
  return (
    <a
      className={styles.hit}
      href={href}
      onClick={onClick}
      onAuxClick={onLeave}
      onContextMenu={onLeave}
    >
      <HeadingPath hit={hit} pageTitle={page.title} />
      <Snippet snippet={hit.snippet} />
    </a>
  );
}

function NothingFound({ filters, onEverywhere }: Props): ReactNode {
  return (
    <>
      <p>
        {translate({
          id: 'theme.SearchBar.nothingFoundHint',
          message: 'Try other words or fewer of them, or describe what you are looking for.',
        })}
      </p>
      {isFiltered(filters) && (
        <button type="button" className={styles.button} onClick={onEverywhere}>
          {translate({ id: 'theme.SearchBar.everywhere', message: 'Search the whole book' })}
        </button>
      )}
    </>
  );
}

function countOf(count: number, query: string): string {
  if (count > 0) {
    return translate({ id: 'theme.SearchBar.count', message: '{count} results' }, { count });
  }
  return translate(
    { id: 'theme.SearchBar.nothingFound', message: 'Nothing found for “{query}”' },
    { query },
  );
}

function relaxed(): string {
  return translate({
    id: 'theme.SearchBar.relaxed',
    message: 'Nothing has exactly that. These come closest:',
  });
}
