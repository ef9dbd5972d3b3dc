import type { ReactNode } from 'react';
import { translate } from '@docusaurus/Translate';
import type { Quoted } from 'lectern/conversation';
import Citation from '@theme/AskPanel/Citation';
import Sources from '@theme/AskPanel/Sources';
import styles from './answer.module.css';

/** Sentences of the book in place of a written answer. */
export default function Quotations({ quoted: { quotes, sources } }: { quoted: Quoted }): ReactNode {
  if (quotes.length === 0) return <p className={styles.nothing}>{nothing()}</p>;
  const cited = sources.filter(({ number }) => quotes.some((quote) => quote.number === number));
  return (
    <section className={styles.quotations} aria-label={verbatim()}>
      <p className={styles.verbatim}>{verbatim()}</p>
      {quotes.map(({ text, code, number }, index) => {
        const source = sources.find((own) => own.number === number);
        return (
          <blockquote key={index} className={styles.quotation} dir={code ? 'ltr' : 'auto'}>
            {code ? (
              <pre className={styles.pre} tabIndex={0}>
                <code>{text}</code>
              </pre>
            ) : (
              text
            )}
            {source && <Citation source={code ? source : { ...source, text }} />}
          </blockquote>
        );
      })}
      <Sources sources={cited} />
    </section>
  );
}

function verbatim(): string {
  return translate({ id: 'theme.AskPanel.verbatim', message: 'From the book, word for word' });
}

function nothing(): string {
  return translate({
    id: 'theme.AskPanel.nothing',
    message: 'The book does not answer this in so many words. Try other words.',
  });
}
