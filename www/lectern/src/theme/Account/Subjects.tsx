import { useEffect, useRef, type ReactNode } from 'react';
import { translate } from '@docusaurus/Translate';
import { LONGEST_SUBJECT, MOST_SUBJECTS, type Level, type SubjectLevel } from 'lectern/relay';
import styles from './styles.module.css';

/** Subjects with how well the reader knows them. */
export interface Props {
  levels: readonly SubjectLevel[];
  onLevels(levels: SubjectLevel[]): void;
}

/** Rows of a subject each, with how well the reader knows it. */
export default function Subjects({ levels, onLevels }: Props): ReactNode {
  const group = useFocusOnNewRow(levels.length);
  const change = (index: number, to: Partial<SubjectLevel>) =>
    onLevels(levels.map((row, at) => (at === index ? { ...row, ...to } : row)));
  return (
    <fieldset ref={group} className={styles.subjects}>
      <legend className={styles.label}>
        {translate({ id: 'theme.Account.subjects', message: 'How well you know which subject' })}
      </legend>
      {levels.map((row, index) => (
        <Row
          key={index}
          {...row}
          onChange={(to) => change(index, to)}
          onRemove={() => onLevels(levels.filter((_, at) => at !== index))}
        />
      ))}
      {levels.length < MOST_SUBJECTS && (
        <button
          type="button"
          className={styles.button}
          onClick={() => onLevels([...levels, { subject: '', level: 'beginner' }])}
        >
          {translate({ id: 'theme.Account.addSubject', message: 'Add a subject' })}
        </button>
      )}
    </fieldset>
  );
}

interface RowProps extends SubjectLevel {
  onChange(to: Partial<SubjectLevel>): void;
  onRemove(): void;
}

function Row({ subject, level, onChange, onRemove }: RowProps): ReactNode {
  const name = translate({ id: 'theme.Account.subject', message: 'Subject' });
  return (
    <div className={styles.subject}>
      <input
        className={styles.input}
        aria-label={name}
        placeholder={name}
        maxLength={LONGEST_SUBJECT}
        dir={subject === '' ? undefined : 'auto'}
        value={subject}
        onChange={(event) => onChange({ subject: event.target.value })}
      />
      <select
        className={styles.input}
        aria-label={translate({ id: 'theme.Account.level', message: 'Level' })}
        value={level}
        onChange={(event) => onChange({ level: event.target.value as Level })}
      >
        {Object.entries(LEVELS).map(([value, text]) => (
          <option key={value} value={value}>
            {text()}
          </option>
        ))}
      </select>
      <button
        type="button"
        className={styles.remove}
        aria-label={translate(
          { id: 'theme.Account.remove', message: 'Remove {subject}' },
          { subject },
        )}
        onClick={onRemove}
      >
        <span aria-hidden="true">✕</span>
      </button>
    </div>
  );
}

const LEVELS: Record<Level, () => string> = {
  none: () => translate({ id: 'theme.Account.none', message: 'New to it' }),
  beginner: () => translate({ id: 'theme.Account.beginner', message: 'Beginner' }),
  intermediate: () => translate({ id: 'theme.Account.intermediate', message: 'Intermediate' }),
  advanced: () => translate({ id: 'theme.Account.advanced', message: 'Advanced' }),
};

/** Takes the reader to a row that was added, and back to the button where one was removed. */
function useFocusOnNewRow(count: number) {
  const group = useRef<HTMLFieldSetElement>(null);
  const before = useRef(count);
  useEffect(() => {
    const selector =
      count > before.current ? ':scope > div:last-of-type > input' : ':scope > button';
    if (count !== before.current) group.current?.querySelector<HTMLElement>(selector)?.focus();
    before.current = count;
  }, [count]);
  return group;
}
