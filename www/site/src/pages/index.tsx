import type { ReactNode } from 'react';
import Link from '@docusaurus/Link';
import useDocusaurusContext from '@docusaurus/useDocusaurusContext';
import Layout from '@theme/Layout';
import { PARTS, type Part } from '@site/src/parts';
import styles from './index.module.css';

/** The landing page: what the book is, where to begin, and its parts. */
export default function Home(): ReactNode {
  const { siteConfig } = useDocusaurusContext();
  return (
    <Layout description={siteConfig.tagline}>
      <main className={styles.page}>
        <header className={styles.hero}>
          <h1 className={styles.title}>{siteConfig.title}</h1>
          <p className={styles.lead}>
            How machines with bodies perceive, decide and move: from the mathematics of a leg to
            robots that act on a spoken sentence. Twenty-four chapters with code that runs, figures,
            exercises and a glossary.
          </p>
          <div className={styles.buttons}>
            <Link className="button button--primary button--lg" to="/docs/intro">
              Start reading
            </Link>
            <Link className="button button--outline button--primary button--lg" to="/docs/glossary">
              Glossary
            </Link>
          </div>
        </header>
        <section className={styles.parts} aria-label="Parts of the book">
          {PARTS.map((part) => (
            <PartCard key={part.to} part={part} />
          ))}
        </section>
      </main>
    </Layout>
  );
}

function PartCard({ part }: { part: Part }): ReactNode {
  return (
    <Link className={styles.part} to={part.to}>
      <span className={styles.partLabel}>{part.label}</span>
      <h2 className={styles.partTitle}>{part.title}</h2>
      <p className={styles.partText}>{part.text}</p>
    </Link>
  );
}
