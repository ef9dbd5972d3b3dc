import type { ReactNode } from 'react';
import { translate } from '@docusaurus/Translate';
import { BOOK, isUnderWay, type Scope, type Turn } from 'lectern/conversation';
import { useAsking } from '@theme/AskPanel/useAsking';
import styles from './panel.module.css';

/** What an answer is restricted to: that of a turn, or of the question that is being typed. */
export interface Props {
  scope: Exclude<Scope, { kind: 'book' }>;
  turn?: Turn;
}

/** Says that an answer is from a part of the book alone, and has the way out of that. */
export default function ScopeNote({ scope, turn }: Props): ReactNode {
  const { conversation } = useAsking();
  const widen = () => {
    conversation.type({ scope: BOOK });
    if (turn) void conversation.ask(turn.question, BOOK);
  };
  return (
    <div className={styles.scope}>
      <span className={styles.scopeText}>
        {scope.kind === 'page' ? pageOnly() : selectionOnly()}
      </span>
      {scope.kind === 'selection' && (
        <q className={styles.selection} dir="auto">
          {scope.text}
        </q>
      )}
      {!(turn && isUnderWay(turn)) && (
        <button type="button" className={styles.textButton} onClick={widen}>
          {wholeBook()}
        </button>
      )}
    </div>
  );
}

function selectionOnly(): string {
  return translate({
    id: 'theme.AskPanel.selectionOnly',
    message: 'Answering from the selected passage only',
  });
}

function pageOnly(): string {
  return translate({
    id: 'theme.AskPanel.pageOnly',
    message: 'Answering from this page only',
  });
}

function wholeBook(): string {
  return translate({ id: 'theme.AskPanel.wholeBook', message: 'Ask the whole book' });
}
