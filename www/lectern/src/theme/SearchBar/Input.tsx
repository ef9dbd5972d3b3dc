import type { KeyboardEvent, ReactNode, Ref } from 'react';
import { translate } from '@docusaurus/Translate';
import styles from './styles.module.css';

/** The text, and the list it controls. */
export interface Props {
  inputRef: Ref<HTMLInputElement>;
  query: string;
  listId: string;
  /** Id of the selected option, if there is one. */
  activeId?: string;
  onQuery(query: string): void;
  onKeyDown(event: KeyboardEvent): void;
}

/** The text field: a combobox that keeps the focus while its list is walked through. */
export default function Input({
  inputRef,
  query,
  listId,
  activeId,
  onQuery,
  onKeyDown,
}: Props): ReactNode {
  const placeholder = translate({
    id: 'theme.SearchBar.placeholder',
    message: 'Search, or ask in your own words',
  });
  return (
    <input
      ref={inputRef}
      className={styles.input}
      type="text"
      role="combobox"
      autoFocus
      autoComplete="off"
      autoCapitalize="off"
      spellCheck={false}
      enterKeyHint="search"
      aria-label={placeholder}
      aria-autocomplete="list"
      aria-expanded={activeId !== undefined}
      aria-controls={listId}
      aria-activedescendant={activeId}
      placeholder={placeholder}
      value={query}
      onFocus={(event) => event.target.select()}
      onChange={(event) => onQuery(event.target.value)}
      onKeyDown={onKeyDown}
    />
  );
}
