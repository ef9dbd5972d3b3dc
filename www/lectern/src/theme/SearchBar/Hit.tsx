import type { MouseEvent, ReactNode } from 'react';
import type { Hit as SearchHit } from 'lectern';
import Highlighted from '@theme/SearchBar/Highlighted';
import styles from './hit.module.css';

/** One result, and how it tells what a reader does with it. */
export interface Props {
  hit: SearchHit;
  pageTitle: string;
  id: string;
  href: string;
  selected: boolean;
  onSelect(): void;
  onOpen(): void;
}

/** One result: the headings that lead to it and the words that match. A real link, so it can be copied. */
export default function Hit({
  hit,
  pageTitle,
  id,
  href,
  selected,
  onSelect,
  onOpen,
}: Props): ReactNode {
  const onClick = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    onOpen();
  };
  return (
    <a
      id={id}
      role="option"
      aria-selected={selected}
      tabIndex={-1}
      className={selected ? `${styles.hit} ${styles.selected}` : styles.hit}
      href={href}
      onClick={onClick}
      onPointerMove={selected ? undefined : onSelect}
    >
      <span className={styles.path}>
        {headingPath(hit, pageTitle).map((heading, index) => (
          <span key={index} className={styles.heading}>
            {heading}
          </span>
        ))}
      </span>
      <span
        dir={hit.snippet.code ? 'ltr' : 'auto'}
        className={hit.snippet.code ? `${styles.snippet} ${styles.code}` : styles.snippet}
      >
        <Highlighted text={hit.snippet.text} ranges={hit.snippet.highlights} />
      </span>
    </a>
  );
}

/** Text above a page's first heading stands under the page's own title. */
function headingPath({ headings }: SearchHit, pageTitle: string): string[] {
  return headings.length > 0 ? headings : [pageTitle];
}
