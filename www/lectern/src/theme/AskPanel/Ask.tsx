import { useLayoutEffect, useRef, type ReactNode } from 'react';
import { translate } from '@docusaurus/Translate';
import { isUnderWay } from 'lectern/conversation';
import { useStore } from 'lectern/react';
import Announcer from '@theme/AskPanel/Announcer';
import Composer from '@theme/AskPanel/Composer';
import Starters from '@theme/AskPanel/Starters';
import Turn from '@theme/AskPanel/Turn';
import { useAsking } from '@theme/AskPanel/useAsking';
import styles from './panel.module.css';

/** Pixels from the end at which a reader still counts as being there. */
const NEAR = 48;

/** The conversation, and where the next question is typed; `wish` is what the panel was last opened for. */
export default function Ask({ wish }: { wish?: object }): ReactNode {
  const { conversation } = useAsking();
  const { turns } = useStore(conversation.state);
  const last = turns.at(-1);
  const scroll = useFollowing(last?.id);

  return (
    <>
      <div
        className={styles.body}
        role="region"
        tabIndex={0}
        aria-label={label()}
        aria-busy={last !== undefined && isUnderWay(last)}
        {...scroll}
      >
        {turns.length === 0 && <Starters />}
        {turns.map((turn) => (
          <Turn key={turn.id} turn={turn} />
        ))}
      </div>
      <Announcer turn={last} />
      <Composer wish={wish} answering={last !== undefined && isUnderWay(last)} />
    </>
  );
}

/** Keeps the end in view while the reader is there, and goes there with every new question. */
function useFollowing(newest: string | undefined) {
  const ref = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  const shown = useRef<string>(undefined);

  useLayoutEffect(() => {
    const body = ref.current;
    if (!body) return;
    if (shown.current !== newest) isAtEnd.current = true;
    shown.current = newest;
    if (isAtEnd.current) body.scrollTop = body.scrollHeight;
  });
  const onScroll = () => {
    const { scrollHeight, scrollTop, clientHeight } = ref.current!;
    isAtEnd.current = scrollHeight - scrollTop - clientHeight < NEAR;
  };
  return { ref, onScroll };
}

function label(): string {
  return translate({ id: 'theme.AskPanel.answers', message: 'Questions and answers' });
}
