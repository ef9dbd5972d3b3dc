import type { ReactNode } from 'react';
import BrowserOnly from '@docusaurus/BrowserOnly';
import Head from '@docusaurus/Head';
import { translate } from '@docusaurus/Translate';
import Layout from '@theme/Layout';
import Page from '@theme/SearchPage/Page';
import Title from '@theme/SearchPage/Title';
import styles from './styles.module.css';

/** The page of all results of a query, which its address has. Search engines leave it out. */
export default function SearchPage(): ReactNode {
  const title = translate({ id: 'theme.SearchBar.button', message: 'Search' });
  return (
    <Layout>
      <Title text={title} />
      <Head>
        <meta name="robots" content="noindex, follow" />
      </Head>
      <main className={`container ${styles.page}`}>
        <h1 className={styles.heading}>{title}</h1>
        <noscript>
          {translate({
            id: 'theme.SearchPage.noScript',
            message: 'Search runs in the browser: allow JavaScript to use it.',
          })}
        </noscript>
        <BrowserOnly>{() => <Page />}</BrowserOnly>
      </main>
    </Layout>
  );
}
