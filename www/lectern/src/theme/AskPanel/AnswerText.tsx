import { createContext, memo, useContext, useState, type ReactNode } from 'react';
import { translate } from '@docusaurus/Translate';
import type { Source } from 'lectern/conversation';
import { GrowingMarkdown, LONGEST, type Token } from 'lectern/markdown';
import Blocks from '@theme/AskPanel/Blocks';
import styles from './answer.module.css';

/** An answer in Markdown. */
export interface Props {
  text: string;
  /** What its `[n]` cite. */
  sources: Source[];
  /** Hash of the book that the sources are of, where that is known. */
  book?: string;
  /** Whether more of it is to come. */
  streaming: boolean;
}

/** What citations inside an answer refer to. */
const Cited = createContext<Pick<Props, 'sources' | 'book'>>({ sources: [] });

/** The sources of the answer around a citation. */
export function useCited(): Pick<Props, 'sources' | 'book'> {
  return useContext(Cited);
}

/** An answer as it grows: text, code, lists and tables with its citations; never HTML. */
export default function AnswerText({ text, sources, book, streaming }: Props): ReactNode {
  const [markdown] = useState(() => new GrowingMarkdown());
  const [cited, setCited] = useState({ sources, book });
  // The same object for the same sources, so that blocks which stay are not drawn anew.
  if (cited.sources !== sources || cited.book !== book) setCited({ sources, book });
  const blocks = markdown.update(text.slice(0, LONGEST));

  return (
    <Cited.Provider value={cited}>
      <div className={styles.answer} data-lectern-answer={streaming ? 'streaming' : 'whole'}>
        {blocks.map((block, index) => (
          <Block key={index} block={block} />
        ))}
        {text.length > LONGEST && <p className={styles.nothing}>{tooLong()}</p>}
      </div>
    </Cited.Provider>
  );
}

const Block = memo(function Block({ block }: { block: Token }) {
  return <Blocks tokens={[block]} />;
});

function tooLong(): string {
  return translate({
    id: 'theme.AskPanel.cutShort',
    message: 'The answer is longer than can be shown here.',
  });
}
