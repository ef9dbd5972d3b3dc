import type { ReactNode } from 'react';
import type { Hit } from 'lectern';
import styles from './hit.module.css';

/** The headings that lead to a hit; text above a page's first heading stands under the page's own title. */
export default function HeadingPath({
  hit,
  pageTitle,
}: {
  hit: Hit;
  pageTitle: string;
}): ReactNode {
  const headings = hit.headings.length > 0 ? hit.headings : [pageTitle];
  return (
    <span className={styles.path}>
      {headings.map((heading, index) => (
        <span key={index} className={styles.heading}>
          <bdi>{heading}</bdi>
        </span>
      ))}
    </span>
  );
}
