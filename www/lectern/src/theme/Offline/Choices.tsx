import { useId, type ReactNode } from 'react';
import { translate } from '@docusaurus/Translate';
import { partsOf, type Choice, type Sizes } from 'lectern/offline';
import { useWriting } from '@theme/Offline/useWriting';
import styles from './styles.module.css';

/** What can be chosen, and how that is told. */
export interface Props {
  choice: Choice;
  /** Missing while unknown, as without a network. */
  sizes?: Sizes;
  onChoice(choice: Choice): void;
}

/** What the copy is to have, each with its size. */
export default function Choices({ choice, sizes, onChoice }: Props): ReactNode {
  const name = useId();
  const { size } = useWriting();
  const bytesOf = (wanted: Choice) =>
    sizes && size(partsOf(wanted).reduce((sum, part) => sum + sizes[part].bytes, 0));
  const extra = sizes?.precise.bytes ?? 0;

  return (
    <fieldset className={styles.choices} disabled={!sizes}>
      <legend className={styles.legend}>
        {translate({ id: 'theme.Offline.what', message: 'What to keep' })}
      </legend>
      {[true, false].map((pages) => (
        <label key={String(pages)} className={styles.choice}>
          <input
            type="radio"
            name={name}
            checked={choice.pages === pages}
            onChange={() => onChoice({ ...choice, pages })}
          />
          <span className={styles.choiceText}>{pages ? allPages() : searchOnly()}</span>
          <span className={styles.size}>{bytesOf({ pages, precise: false })}</span>
        </label>
      ))}
      {extra > 0 && (
        <label className={styles.choice}>
          <input
            type="checkbox"
            checked={choice.precise}
            onChange={(event) => onChoice({ ...choice, precise: event.target.checked })}
          />
          <span className={styles.choiceText}>{precise()}</span>
          <span className={styles.size} dir="auto">{`+${size(extra)}`}</span>
        </label>
      )}
    </fieldset>
  );
}

function allPages(): string {
  return translate({ id: 'theme.Offline.allPages', message: 'Search and all pages' });
}

function searchOnly(): string {
  return translate({ id: 'theme.Offline.searchOnly', message: 'Search and answers only' });
}

function precise(): string {
  return translate({ id: 'theme.Offline.precise', message: 'More precise search too' });
}
