import type { KeyboardEvent, ReactNode, Ref } from 'react';
import { translate } from '@docusaurus/Translate';
import styles from './styles.module.css';

/** The list that a combobox controls. */
export interface Combobox {
  listId: string;
  /** Id of the selected option, if there is one. */
  activeId?: string;
  expanded: boolean;
}

/** The text, and the list once there is one. */
export interface Props {
  inputRef: Ref<HTMLInputElement>;
  query: string;
  combobox?: Combobox;
  onQuery(query: string): void;
  onKeyDown(event: KeyboardEvent): void;
}

/**
 * The text field: a combobox that keeps the focus while its list is walked through. What is typed has the direction
 * of its language, what asks for it that of the page.
 */
export default function Input({ inputRef, query, combobox, onQuery, onKeyDown }: Props): ReactNode {
  const placeholder = translate({
    id: 'theme.SearchBar.placeholder',
    message: 'Search, or ask in your own words',
  });
  return (
    <input
      ref={inputRef}
      className={styles.input}
      type="text"
      dir={query === '' ? undefined : 'auto'}
      role="combobox"
      autoFocus
      autoComplete="off"
      autoCapitalize="off"
      spellCheck={false}
      enterKeyHint="search"
      aria-label={placeholder}
      aria-autocomplete="list"
      aria-expanded={combobox?.expanded ?? false}
      aria-controls={combobox?.listId}
      aria-activedescendant={combobox?.activeId}
      placeholder={placeholder}
      value={query}
      onChange={(event) => onQuery(event.target.value)}
      onKeyDown={onKeyDown}
    />
  );
}
