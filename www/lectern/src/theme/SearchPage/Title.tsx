import type { ReactNode } from 'react';
import Head from '@docusaurus/Head';
import useDocusaurusContext from '@docusaurus/useDocusaurusContext';

/** The title of the page, with that of the site after it as on other pages. */
export default function Title({ text }: { text: string }): ReactNode {
  const { title, titleDelimiter } = useDocusaurusContext().siteConfig;
  return (
    <Head>
      <title>{`${text} ${titleDelimiter} ${title}`}</title>
    </Head>
  );
}
