import type { ReactNode } from 'react';
import type { Hit } from 'lectern';
import styles from './hit.module.css';

/**
 * The headings that lead to a hit, in the direction of their language, as the text below them is; text above a
 * page's first heading stands under the page's own title.
 */
export default function HeadingPath({
  hit,
  pageTitle,
}: {
  hit: Hit;
  pageTitle: string;
}): ReactNode {
  const headings = hit.headings.length > 0 ? hit.headings : [pageTitle];
  return (
    <span className={styles.path} dir="auto">
      {headings.map((heading, index) => (
        <span key={index} className={styles.heading}>
          <span className={styles.headingText}>{heading}</span>
        </span>
      ))}
    </span>
  );
}
