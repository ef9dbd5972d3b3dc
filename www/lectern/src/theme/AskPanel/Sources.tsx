import type { MouseEvent, ReactNode } from 'react';
import { translate } from '@docusaurus/Translate';
import type { Source } from 'lectern/conversation';
import { usePassages } from '@theme/AskPanel/usePassages';
import styles from './answer.module.css';

/** The sources of an answer; of a text, those that it cites come first. */
export interface Props {
  sources: Source[];
  text?: string;
  /** Hash of the book that they are of, where that is known. */
  book?: string;
  open?: boolean;
}

/** The passages that an answer is made from, as links. */
export default function Sources({ sources, text, book, open = false }: Props): ReactNode {
  const { hrefOf, goTo } = usePassages(book);
  const cited = sources.filter(({ number }) => text?.includes(`[${number}]`));
  const shown = cited.length > 0 ? cited : sources;
  const onClick = (source: Source) => (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    goTo(source);
  };
  return (
    <details className={styles.sources} open={open}>
      <summary>
        {translate(
          { id: 'theme.AskPanel.sources', message: 'Sources ({count})' },
          { count: shown.length },
        )}
      </summary>
      <ol>
        {shown.map((source) => (
          <li key={source.number} value={source.number}>
            <a href={hrefOf(source)} dir="auto" onClick={onClick(source)}>
              {[source.title, ...source.headings].join(' › ')}
            </a>
          </li>
        ))}
      </ol>
    </details>
  );
}
