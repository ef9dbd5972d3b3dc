import { useEffect, useState, type ReactNode } from 'react';
import Head from '@docusaurus/Head';
import { translate } from '@docusaurus/Translate';
import useDocusaurusContext from '@docusaurus/useDocusaurusContext';
import Layout from '@theme/Layout';
import Settings from '@theme/Offline/Settings';
import styles from './styles.module.css';

/** The page about the copy, which stands in for pages that are not part of it. */
export default function OfflinePage(): ReactNode {
  const { siteConfig } = useDocusaurusContext();
  const missing = useMissingPage();
  return (
    <Layout>
      <Head>
        <title>{`${title()} | ${siteConfig.title}`}</title>
        <meta name="robots" content="noindex" />
      </Head>
      <main className={styles.page} data-lectern-ignore>
        <h1>{title()}</h1>
        {missing && (
          <div className={styles.missing} role="status">
            <p>{notKept()}</p>
            <p className={styles.address}>
              <bdi>{missing.pathname}</bdi>
            </p>
            <a className="button button--primary" href={missing.href}>
              {retry()}
            </a>
          </div>
        )}
        <Settings />
      </main>
    </Layout>
  );
}

/** The page that the reader wanted and the copy has not. */
function useMissingPage(): URL | undefined {
  const { baseUrl } = useDocusaurusContext().siteConfig;
  const [missing, setMissing] = useState<URL>();
  useEffect(() => {
    const from = new URLSearchParams(window.location.search).get('from');
    if (from === null) return;
    const page = new URL(baseUrl + from, window.location.href);
    // The address is anybody's to write, so it leads nowhere but to this site.
    if (page.origin === window.location.origin) setMissing(page);
  }, [baseUrl]);
  return missing;
}

function title(): string {
  return translate({ id: 'theme.Offline.title', message: 'Reading offline' });
}

function notKept(): string {
  return translate({
    id: 'theme.Offline.notKept',
    message:
      'There is no network, and this page is not kept on this device. Search and answers work all the same.',
  });
}

function retry(): string {
  return translate({ id: 'theme.Offline.retry', message: 'Load the page again' });
}
