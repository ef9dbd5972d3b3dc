import { useEffect, type ReactNode } from 'react';
import { translate } from '@docusaurus/Translate';
import type { Hit, PageHits } from 'lectern';
import HitOption from '@theme/SearchBar/Hit';
import styles from './styles.module.css';

/** What the list and its options share. */
export interface List {
  id: string;
  optionId(hit: Hit): string;
  selected?: Hit;
  onSelect(hit: Hit): void;
  onOpen(hit: Hit): void;
  hrefOf(hit: Hit): string;
}

/** The hits, a group for every page. */
export default function Results({ pages, list }: { pages: PageHits[]; list: List }): ReactNode {
  const selectedId = list.selected && list.optionId(list.selected);
  const order = pages.flatMap(({ hits }) => hits.map(({ passage }) => passage)).join();
  useEffect(() => {
    if (selectedId) document.getElementById(selectedId)?.scrollIntoView({ block: 'nearest' });
  }, [selectedId, order]);

  return (
    <div
      id={list.id}
      role="listbox"
      className={styles.results}
      aria-label={translate({ id: 'theme.SearchBar.results', message: 'Search results' })}
    >
      {pages.map((page) => (
        <PageGroup key={page.url} page={page} list={list} />
      ))}
    </div>
  );
}

function PageGroup({ page, list }: { page: PageHits; list: List }): ReactNode {
  const titleId = `${list.id}-page-${page.hits[0]?.passage}`;
  return (
    <div role="group" aria-labelledby={titleId} className={styles.group}>
      <div id={titleId} role="presentation" className={styles.pageTitle}>
        {page.title}
      </div>
      {page.hits.map((hit) => (
        <HitOption
          key={hit.passage}
          hit={hit}
          pageTitle={page.title}
          id={list.optionId(hit)}
          href={list.hrefOf(hit)}
          selected={hit.passage === list.selected?.passage}
          onSelect={() => list.onSelect(hit)}
          onOpen={() => list.onOpen(hit)}
        />
      ))}
    </div>
  );
}
