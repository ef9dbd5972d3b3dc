import { useRef, type FormEvent, type ReactNode } from 'react';
import { translate } from '@docusaurus/Translate';
import useDocusaurusContext from '@docusaurus/useDocusaurusContext';
import { openPanel } from 'lectern/ask';
import { useSearch } from 'lectern/react';
import { recentsAt } from 'lectern/search';
import Filters from '@theme/SearchBar/Filters';
import Status from '@theme/SearchBar/Status';
import { useScope } from '@theme/SearchBar/useScope';
import Results from '@theme/SearchPage/Results';
import Title from '@theme/SearchPage/Title';
import { useAddress } from '@theme/SearchPage/useAddress';
import { useScrollMemory } from '@theme/SearchPage/useScrollMemory';
import styles from './styles.module.css';

/** The search page in a browser: a field, filters, and the results of the query that its address has. */
export default function Page(): ReactNode {
  const { siteConfig } = useDocusaurusContext();
  const { wanted, type, commit, change } = useAddress();
  const { query, filters, limit } = wanted;
  const scope = useScope(filters);
  const input = useRef<HTMLInputElement>(null);
  const { response, error, stale, refining } = useSearch(scope.client, query, {
    limit,
    within: scope.within,
  });
  const isEmpty = query.trim() === '';
  useScrollMemory(!stale && !refining && (isEmpty || response !== undefined));
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    remember();
    input.current?.blur();
  };
  const remember = () => {
    recentsAt(siteConfig.baseUrl).addQuery(query);
    commit();
  };

  return (
    <>
      {!isEmpty && <Title text={titleFor(query.trim())} />}
      <form role="search" className={styles.form} onSubmit={onSubmit}>
        <input
          ref={input}
          className={styles.input}
          type="search"
          dir={query === '' ? undefined : 'auto'}
          name="q"
          autoComplete="off"
          autoFocus={isEmpty}
          enterKeyHint="search"
          aria-label={placeholder()}
          placeholder={placeholder()}
          value={query}
          onChange={(event) => type(event.target.value)}
        />
        <Filters
          filters={filters}
          scope={scope}
          onFilters={(chosen) => change({ filters: chosen })}
        />
      </form>
      {!isEmpty && (
        <button
          type="button"
          className={styles.ask}
          onClick={() => openPanel({ question: query.trim() })}
        >
          {translate(
            { id: 'theme.SearchBar.askAbout', message: 'Ask: {query}' },
            { query: query.trim() },
          )}
        </button>
      )}
      <Results
        scope={scope}
        filters={filters}
        limit={limit}
        response={isEmpty ? undefined : response}
        error={error}
        onQuery={type}
        onEverywhere={() => change({ filters: {} })}
        onMore={(more) => change({ limit: more })}
        onOpen={remember}
      />
      <div className={styles.foot}>
        <Status client={scope.client} />
      </div>
    </>
  );
}

function titleFor(query: string): string {
  return translate(
    { id: 'theme.SearchPage.titleFor', message: 'Search results for “{query}”' },
    { query },
  );
}

function placeholder(): string {
  return translate({
    id: 'theme.SearchBar.placeholder',
    message: 'Search, or ask in your own words',
  });
}
