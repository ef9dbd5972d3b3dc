import { useState, type ReactNode } from 'react';
import { translate } from '@docusaurus/Translate';
import useDocusaurusContext from '@docusaurus/useDocusaurusContext';
import { openPanel } from 'lectern/ask';
import { usePage } from '@theme/Retell/usePage';
import styles from './button.module.css';

/** The button beside a page's title that has the page retold. What does so is loaded by the click. */
export default function RetellButton({ relayUrl }: { relayUrl: string }): ReactNode {
  const page = usePage();
  const { currentLocale } = useDocusaurusContext().i18n;
  const [failed, setFailed] = useState(false);
  const onClick = () => {
    openPanel({ view: 'retell' });
    import('lectern/relay').then(
      ({ relayFor, retellingsOf }) => retellingsOf(relayFor(relayUrl)).begin(page, currentLocale),
      () => setFailed(true),
    );
  };
  return (
    <button type="button" className={styles.retell} data-lectern-ignore="" onClick={onClick}>
      {failed
        ? translate({ id: 'theme.Retell.unavailable', message: 'Could not be loaded, try again' })
        : translate({ id: 'theme.Retell.button', message: 'Retell for me' })}
    </button>
  );
}
