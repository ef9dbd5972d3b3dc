import { useId, type ReactNode } from 'react';
import { LONGEST_TEXT } from 'lectern/relay';
import styles from './styles.module.css';

/** A labelled text of several lines. */
export interface Props {
  label: string;
  hint?: string;
  name: string;
  value: string;
  onText(text: string): void;
}

/** A labelled text of several lines. */
export default function LongText({ label, hint, name, value, onText }: Props): ReactNode {
  const id = useId();
  return (
    <div className={styles.field}>
      <label className={styles.label} htmlFor={id}>
        {label}
      </label>
      <textarea
        id={id}
        className={styles.input}
        name={name}
        rows={3}
        maxLength={LONGEST_TEXT}
        aria-describedby={hint && `${id}-hint`}
        dir={value === '' ? undefined : 'auto'}
        value={value}
        onChange={(event) => onText(event.target.value)}
      />
      {hint && (
        <p id={`${id}-hint`} className={styles.hint}>
          {hint}
        </p>
      )}
    </div>
  );
}
