import { useEffect, useState, type ReactNode } from 'react';
import { translate } from '@docusaurus/Translate';
import { endOfSentences, isUnderWay, spoken, type Turn } from 'lectern/conversation';
import styles from './panel.module.css';

/** What has been said of a turn. */
interface Said {
  id?: string;
  /** Characters of its text. */
  length: number;
  sentences: string[];
}

/** Reads the newest answer to screen readers, sentence by sentence as it comes. */
export default function Announcer({ turn }: { turn?: Turn }): ReactNode {
  const [said, setSaid] = useState<Said>({
    id: turn?.id,
    length: turn?.text.length ?? 0,
    sentences: [],
  });

  useEffect(() => {
    if (turn) setSaid((before) => next(before, turn));
  }, [turn]);

  return (
    <div className={styles.hidden} role="log" aria-live="polite" aria-relevant="additions">
      {said.sentences.map((sentence, index) => (
        <p key={index}>{sentence}</p>
      ))}
      {turn && !isUnderWay(turn) && turn.quoted && <p>{quoted(turn.quoted.quotes.length)}</p>}
    </div>
  );
}

function next(before: Said, { id, text, state }: Turn): Said {
  const known = before.id === id && before.length <= text.length;
  const { length, sentences } = known ? before : { length: 0, sentences: [] };
  const rest = text.slice(length);
  const end = state === 'writing' ? endOfSentences(rest) : rest.length;
  const sentence = spoken(rest.slice(0, end));
  if (sentence === '') return known ? before : { id, length, sentences };
  return { id, length: length + end, sentences: [...sentences, sentence] };
}

function quoted(count: number): string {
  return translate(
    { id: 'theme.AskPanel.quoted', message: 'Sentences quoted from the book: {count}' },
    { count },
  );
}
