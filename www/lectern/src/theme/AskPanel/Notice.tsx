import type { ReactNode } from 'react';
import { translate } from '@docusaurus/Translate';
import { openPanel } from 'lectern/ask';
import type { Reason, Trouble, Turn } from 'lectern/conversation';
import { useAsking } from '@theme/AskPanel/useAsking';
import styles from './panel.module.css';

/** Says what is missing of an answer, why, and what the reader can do about it. */
export default function Notice({ turn }: { turn: Turn }): ReactNode {
  const { conversation } = useAsking();
  const { id, state, why, trouble, quoted } = turn;
  const text = textOf(turn);
  if (!text || state === 'waiting' || state === 'writing') return null;
  const mayQuote = !quoted && !trouble && (state === 'cut' || state === 'stopped');
  const signIn = () => {
    conversation.awaitSignIn(id);
    openPanel({ view: 'account', back: 'ask' });
  };
  return (
    <div className={styles.notice} role={state === 'failed' ? 'alert' : undefined}>
      <p>{text}</p>
      <div className={styles.noticeActions}>
        {why && NEEDS_ACCOUNT.includes(why) && <Action onClick={signIn}>{signInText()}</Action>}
        {isWorthRetrying(turn) && (
          <Action onClick={() => void conversation.retry(id)}>{tryAgain()}</Action>
        )}
        {mayQuote && <Action onClick={() => void conversation.quote(id)}>{showQuotes()}</Action>}
      </div>
    </div>
  );
}

const NEEDS_ACCOUNT: Reason[] = ['signed-out', 'expired'];

function isWorthRetrying({ state, why, trouble }: Turn): boolean {
  if (state === 'stopped' || state === 'cut') return true;
  if (why === 'refused' || why === 'too-long' || trouble === 'too-long') return false;
  if (why === 'signed-out' || why === 'expired') return false;
  return why !== 'no-relay' || trouble !== undefined;
}

function Action({ onClick, children }: { onClick(): void; children: ReactNode }): ReactNode {
  return (
    <button type="button" className={styles.action} onClick={onClick}>
      {children}
    </button>
  );
}

function textOf({ state, why, trouble, retryAfter, extractive, otherBook }: Turn): string {
  const texts = [
    state === 'stopped' ? stopped() : '',
    state === 'cut' ? brokeOff() : '',
    why && why !== 'no-relay' ? REASONS[why]() : '',
    why === 'busy' && retryAfter ? after(retryAfter) : '',
    trouble && trouble !== 'too-long' ? TROUBLES[trouble]() : '',
    trouble === 'too-long' && why !== 'too-long' ? REASONS['too-long']() : '',
    extractive ? extractiveText() : '',
    otherBook ? otherEdition() : '',
  ];
  return texts.filter(Boolean).join(' ');
}

const REASONS: Record<Exclude<Reason, 'no-relay'>, () => string> = {
  offline: () =>
    translate({
      id: 'theme.AskPanel.offlineNow',
      message: 'You are offline. Written answers need a connection.',
    }),
  unreachable: () =>
    translate({
      id: 'theme.AskPanel.unreachable',
      message: 'The server cannot be reached. Check the connection and try again.',
    }),
  'signed-out': () =>
    translate({ id: 'theme.AskPanel.signedOut', message: 'Sign in for written answers.' }),
  expired: () =>
    translate({
      id: 'theme.AskPanel.expired',
      message:
        'Your session has ended. Sign in again: your question is kept and will be asked then.',
    }),
  busy: () =>
    translate({
      id: 'theme.AskPanel.busy',
      message: 'The server has answered as much as it may for now.',
    }),
  unavailable: () =>
    translate({
      id: 'theme.AskPanel.unavailable',
      message: 'The server cannot write an answer at the moment. Try again later.',
    }),
  refused: () =>
    translate({
      id: 'theme.AskPanel.refused',
      message: 'The server will not answer this question. Ask it in another way.',
    }),
  'too-long': () =>
    translate({
      id: 'theme.AskPanel.tooLong',
      message: 'The question is too long. Shorten it and ask again.',
    }),
};

const TROUBLES: Record<Exclude<Trouble, 'too-long'>, () => string> = {
  'no-engine': () =>
    translate({
      id: 'theme.AskPanel.noEngine',
      message:
        'This browser cannot search the book: WebAssembly is turned off or forbidden. Update the browser, or tell the owner of the site.',
    }),
  'no-index': () =>
    translate({
      id: 'theme.AskPanel.noIndex',
      message: 'The index of the book could not be loaded. Check the connection and try again.',
    }),
  other: () =>
    translate({
      id: 'theme.AskPanel.trouble',
      message: 'The book could not be searched. Reload the page and try again.',
    }),
};

function stopped(): string {
  return translate({ id: 'theme.AskPanel.stopped', message: 'You stopped the answer.' });
}

function brokeOff(): string {
  return translate({ id: 'theme.AskPanel.brokeOff', message: 'The answer broke off here.' });
}

function after(seconds: number): string {
  const minutes = Math.max(1, Math.ceil(seconds / 60));
  return translate(
    { id: 'theme.AskPanel.after', message: 'Minutes until you can try again: {minutes}.' },
    { minutes },
  );
}

function extractiveText(): string {
  return translate({
    id: 'theme.AskPanel.extractive',
    message: 'Nobody could write an answer, so the server quotes the book.',
  });
}

function otherEdition(): string {
  return translate({
    id: 'theme.AskPanel.otherEdition',
    message:
      'The server has another edition of the book than this page. Reload the page to have the newest.',
  });
}

function signInText(): string {
  return translate({ id: 'theme.AskPanel.signIn', message: 'Sign in' });
}

function tryAgain(): string {
  return translate({ id: 'theme.AskPanel.tryAgain', message: 'Try again' });
}

function showQuotes(): string {
  return translate({ id: 'theme.AskPanel.showQuotes', message: 'Quote the book' });
}
