import type { ReactNode } from 'react';
import Link from '@docusaurus/Link';
import Translate, { translate } from '@docusaurus/Translate';
import Layout from '@theme/Layout';
import { parts, type Part } from '@site/src/parts';
import styles from './index.module.css';

/** The landing page: what the book is, where to begin, and its parts. */
export default function Home(): ReactNode {
  return (
    <Layout
      description={translate({
        id: 'home.tagline',
        message: 'An open textbook on robots that perceive, decide and move among people',
      })}
    >
      <main className={styles.page}>
        <header className={styles.hero}>
          <h1 className={styles.title}>
            <Translate id="home.title">Physical AI and Humanoid Robotics</Translate>
          </h1>
          <p className={styles.lead}>
            <Translate id="home.lead">
              How machines with bodies perceive, decide and move: from the mathematics of a leg to
              robots that act on a spoken sentence. Twenty-four chapters with code that runs,
              figures, exercises and a glossary.
            </Translate>
          </p>
          <div className={styles.buttons}>
            <Link className="button button--primary button--lg" to="/docs/intro">
              <Translate id="home.start">Start reading</Translate>
            </Link>
            <Link className="button button--outline button--primary button--lg" to="/docs/glossary">
              <Translate id="home.glossary">Glossary</Translate>
            </Link>
          </div>
        </header>
        <section
          className={styles.parts}
          aria-label={translate({ id: 'home.parts', message: 'Parts of the book' })}
        >
          {parts().map((part) => (
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
