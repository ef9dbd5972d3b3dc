import { useId, useState, type FormEvent, type ReactNode } from 'react';
import { translate } from '@docusaurus/Translate';
import type { Rating, Turn } from 'lectern/conversation';
import { useStore } from 'lectern/react';
import type { Relay } from 'lectern/relay';
import IconButton from '@theme/AskPanel/IconButton';
import { useAsking } from '@theme/AskPanel/useAsking';
import styles from './panel.module.css';

/** The answer, and who is told. */
export interface Props {
  turn: Turn;
  relay: Relay;
}

/** What the relay takes of a note. */
const LONGEST_NOTE = 2_000;

/** Tells the relay whether an answer helped, with a note; for readers who are signed in, whose answers it knows. */
export default function Feedback({ turn, relay }: Props): ReactNode {
  const { conversation } = useAsking();
  const { status } = useStore(relay.session);
  const [step, setStep] = useState<'rating' | 'note' | 'thanks' | 'failed'>('rating');
  if (status !== 'signed-in') return null;

  const rate = async (rating: Rating, note?: string) => {
    try {
      await conversation.rate(turn.id, rating, note);
      setStep(note === undefined ? 'note' : 'thanks');
    } catch {
      setStep('failed');
    }
  };
  const thumb = (rating: Rating, label: string) => (
    <IconButton
      icon={rating}
      label={label}
      pressed={turn.rating === rating}
      onClick={() => void rate(rating)}
    />
  );

  return (
    <>
      {thumb('up', helpful())}
      {thumb('down', notHelpful())}
      {step === 'note' && turn.rating && <Note onSend={(note) => void rate(turn.rating!, note)} />}
      <span role="status" className={styles.thanks}>
        {step === 'thanks' ? thanks() : step === 'failed' ? failed() : ''}
      </span>
    </>
  );
}

function Note({ onSend }: { onSend(note: string): void }): ReactNode {
  const [note, setNote] = useState('');
  const id = useId();
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    onSend(note.trim());
  };
  return (
    <form className={styles.note} onSubmit={onSubmit}>
      <label htmlFor={id}>{why()}</label>
      <textarea
        id={id}
        className={styles.noteText}
        rows={2}
        maxLength={LONGEST_NOTE}
        value={note}
        onChange={(event) => setNote(event.target.value)}
      />
      <button type="submit" className={styles.action}>
        {translate({ id: 'theme.AskPanel.send', message: 'Send' })}
      </button>
    </form>
  );
}

function helpful(): string {
  return translate({ id: 'theme.AskPanel.helpful', message: 'This helped' });
}

function notHelpful(): string {
  return translate({ id: 'theme.AskPanel.notHelpful', message: 'This did not help' });
}

function why(): string {
  return translate({
    id: 'theme.AskPanel.note',
    message: 'What should the author know? (optional)',
  });
}

function thanks(): string {
  return translate({ id: 'theme.AskPanel.thanks', message: 'Thank you' });
}

function failed(): string {
  return translate({
    id: 'theme.AskPanel.notSent',
    message: 'This could not be sent. Try again later.',
  });
}
