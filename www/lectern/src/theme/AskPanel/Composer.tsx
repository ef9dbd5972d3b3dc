import { useEffect, useLayoutEffect, useRef, type KeyboardEvent, type ReactNode } from 'react';
import { translate } from '@docusaurus/Translate';
import useDocusaurusContext from '@docusaurus/useDocusaurusContext';
import { pageOf } from 'lectern/ask';
import { useStore } from 'lectern/react';
import IconButton from '@theme/AskPanel/IconButton';
import ScopeNote from '@theme/AskPanel/ScopeNote';
import { useAsking } from '@theme/AskPanel/useAsking';
import styles from './panel.module.css';

/** What the panel was last opened for, and whether an answer is under way. */
export interface Props {
  wish?: object;
  answering: boolean;
}

/** Characters of a question: what search and relay take. */
const LONGEST = 2_000;

/** Where a question is typed: Enter asks, Shift and Enter begin a new line. */
export default function Composer({ wish, answering }: Props): ReactNode {
  const { conversation } = useAsking();
  const { text, scope } = useStore(conversation.draft);
  const input = useRef<HTMLTextAreaElement>(null);
  const { siteConfig } = useDocusaurusContext();

  useEffect(() => {
    if (wish) input.current?.focus();
  }, [wish]);
  useLayoutEffect(() => {
    const { style } = input.current!;
    style.blockSize = 'auto';
    const { scrollHeight } = input.current!;
    // A sheet that is not shown yet has no heights.
    if (scrollHeight > 0) style.blockSize = `${scrollHeight}px`;
  }, [text]);

  const ask = () => {
    if (text.trim() === '') return;
    void conversation.ask(text);
    conversation.type({ text: '' });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    ask();
  };
  const thisPage = () => conversation.type({ scope: { kind: 'page', page: pageOf(siteConfig) } });

  return (
    <form
      className={styles.composer}
      onSubmit={(event) => {
        event.preventDefault();
        ask();
      }}
    >
      {scope.kind !== 'book' && <ScopeNote scope={scope} />}
      <div className={styles.field}>
        <textarea
          ref={input}
          className={styles.input}
          rows={1}
          dir={text === '' ? undefined : 'auto'}
          maxLength={LONGEST}
          enterKeyHint="send"
          aria-label={label()}
          placeholder={label()}
          value={text}
          onChange={(event) => conversation.type({ text: event.target.value })}
          onKeyDown={onKeyDown}
        />
        {answering ? (
          <IconButton icon="stop" label={stop()} onClick={() => conversation.stop()} />
        ) : (
          <IconButton icon="send" label={send()} disabled={text.trim() === ''} onClick={ask} />
        )}
      </div>
      {scope.kind === 'book' && (
        <button type="button" className={styles.textButton} onClick={thisPage}>
          {translate({ id: 'theme.AskPanel.thisPage', message: 'Ask this page only' })}
        </button>
      )}
    </form>
  );
}

function label(): string {
  return translate({ id: 'theme.AskPanel.placeholder', message: 'Your question' });
}

function send(): string {
  return translate({ id: 'theme.AskPanel.ask', message: 'Ask' });
}

function stop(): string {
  return translate({ id: 'theme.AskPanel.stop', message: 'Stop' });
}
