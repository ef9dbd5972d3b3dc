import type { ReactNode } from 'react';
import { translate } from '@docusaurus/Translate';
import { closePanel } from 'lectern/ask';
import type { Retelling } from 'lectern/relay';
import Failed from '@theme/Account/Failed';
import AnswerText from '@theme/AskPanel/AnswerText';
import styles from './styles.module.css';

/** A retelling and what a reader does with it. */
export interface Props {
  retelling: Retelling;
  onStart(): void;
  onStop(): void;
}

/** The retold page as it comes, and the way back to the original. */
export default function Retold({ retelling, onStart, onStop }: Props): ReactNode {
  const { status, text, sources, failure } = retelling;
  const isRunning = status === 'running';
  return (
    <>
      <div className={styles.bar}>
        <button type="button" className={styles.button} onClick={toOriginal}>
          {translate({ id: 'theme.Retell.original', message: 'Back to the original' })}
        </button>
        {status !== 'failed' && (
          <button type="button" className={styles.button} onClick={isRunning ? onStop : onStart}>
            {isRunning ? stopText() : againText()}
          </button>
        )}
      </div>
      <p className={styles.status} role="status">
        {STATUS[status]()}
      </p>
      {text && (
        <div className={styles.text} dir="auto" aria-busy={isRunning}>
          <AnswerText text={text} sources={sources} streaming={isRunning} />
        </div>
      )}
      {status === 'failed' && failure && (
        <Failed failure={failure} onRetry={failure.code === 'refused' ? undefined : onStart} />
      )}
    </>
  );
}

const STATUS: Record<Retelling['status'], () => string> = {
  running: () => translate({ id: 'theme.Retell.running', message: 'The chapter is being retold…' }),
  done: () =>
    translate({
      id: 'theme.Retell.done',
      message: 'Retold by a machine: where it differs from the chapter, trust the original.',
    }),
  stopped: () => translate({ id: 'theme.Retell.stopped', message: 'You stopped it here.' }),
  failed: () => '',
  'sign-in': () => '',
  profile: () => '',
};

/** Closes the panel, with the focus back where the reader left the page. */
function toOriginal(): void {
  document.querySelector<HTMLElement>('[data-lectern-retell]')?.focus({ preventScroll: true });
  closePanel();
}

function stopText(): string {
  return translate({ id: 'theme.Retell.stop', message: 'Stop' });
}

function againText(): string {
  return translate({ id: 'theme.Retell.again', message: 'Retell it again' });
}
