import { useEffect, useState, type ReactNode } from 'react';
import { useLocation } from '@docusaurus/router';
import { translate } from '@docusaurus/Translate';
import useDocusaurusContext from '@docusaurus/useDocusaurusContext';
import { pageOf } from 'lectern/ask';
import { useAsking } from '@theme/AskPanel/useAsking';
import { useClient } from '@theme/SearchBar/useSearchClient';
import styles from './panel.module.css';

/** Questions that are shown. */
const MOST = 4;

/** What stands in an empty conversation: what the panel is for, and questions about the page that is read. */
export default function Starters(): ReactNode {
  const { conversation } = useAsking();
  const headings = useStarters();
  return (
    <div className={styles.starters}>
      <p className={styles.welcome}>
        {translate({
          id: 'theme.AskPanel.welcome',
          message:
            'Ask in your own words. Answers come from this book and show where they stand in it.',
        })}
      </p>
      {headings.length > 0 && (
        <ul className={styles.starterList} aria-label={about()}>
          {headings.map(worded).map((question) => (
            <li key={question}>
              <button
                type="button"
                className={styles.starter}
                onClick={() => void conversation.ask(question)}
              >
                {question}
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** The headings that the index has chosen of this page; none where there is no index. */
function useStarters(): string[] {
  const client = useClient();
  const { siteConfig } = useDocusaurusContext();
  const { pathname } = useLocation();
  const [headings, setHeadings] = useState<string[]>([]);

  useEffect(() => {
    let isWanted = true;
    const show = (found: string[]) => isWanted && setHeadings(found.slice(0, MOST));
    client.starters(pageOf(siteConfig)).then(show, () => show([]));
    return () => {
      isWanted = false;
    };
  }, [client, siteConfig, pathname]);
  return headings;
}

/** A heading as a question, unless it is one already. */
function worded(heading: string): string {
  if (/[?？؟]\s*$/.test(heading)) return heading;
  return translate(
    { id: 'theme.AskPanel.starter', message: 'What does the book say about “{heading}”?' },
    { heading },
  );
}

function about(): string {
  return translate({ id: 'theme.AskPanel.starters', message: 'Questions about this page' });
}
