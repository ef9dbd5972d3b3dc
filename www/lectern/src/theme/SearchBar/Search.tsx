import { useId, useRef, type ReactNode } from 'react';
import { useHistory } from '@docusaurus/router';
import useDocusaurusContext from '@docusaurus/useDocusaurusContext';
import { useSearch } from 'lectern/react';
import type { Hit } from 'lectern';
import CloseButton from '@theme/SearchBar/CloseButton';
import type { Props } from '@theme/SearchBar/Dialog';
import Input from '@theme/SearchBar/Input';
import Outcome from '@theme/SearchBar/Outcome';
import Progress from '@theme/SearchBar/Progress';
import Status from '@theme/SearchBar/Status';
import { useDialogKeys } from '@theme/SearchBar/useDialogKeys';
import { useSearchClient } from '@theme/SearchBar/useSearchClient';
import { useSelection } from '@theme/SearchBar/useSelection';
import styles from './styles.module.css';

/** The search box with what it has found: a combobox that keeps the focus, and its listbox. */
export default function Search({ query, onQuery, onClose }: Props): ReactNode {
  const client = useSearchClient();
  const { response, error, stale } = useSearch(client, query);
  const { hits, selected, select } = useSelection(response);
  const { hrefOf, onOpen, onOpenInTab } = useNavigation(onClose);
  const input = useRef<HTMLInputElement>(null);
  const listId = useId();
  const keys = useDialogKeys({ hits, selected, stale, select, onOpen, onOpenInTab });
  const onChange = (text: string) => {
    keys.onType();
    onQuery(text);
    input.current?.focus();
  };

  return (
    <>
      <div className={styles.head}>
        <span className={styles.lens} aria-hidden="true" />
        <Input
          inputRef={input}
          query={query}
          listId={listId}
          activeId={selected && optionId(listId, selected)}
          onQuery={onChange}
          onKeyDown={keys.onKeyDown}
        />
        <CloseButton onClose={onClose} />
        <Progress client={client} />
      </div>
      <Outcome
        client={client}
        query={query}
        response={response}
        error={error}
        onQuery={onChange}
        list={{
          id: listId,
          optionId: (hit) => optionId(listId, hit),
          selected,
          onSelect: select,
          onOpen,
          hrefOf,
        }}
      />
      <Status client={client} />
    </>
  );
}

/** Where a hit is, and ways to get there. */
function useNavigation(onClose: () => void) {
  const { siteConfig } = useDocusaurusContext();
  const history = useHistory();
  const hrefOf = (hit: Hit) => siteConfig.baseUrl + hit.url;
  const onOpen = (hit: Hit) => {
    onClose();
    history.push(hrefOf(hit));
  };
  const onOpenInTab = (hit: Hit) => window.open(hrefOf(hit), '_blank', 'noopener');
  return { hrefOf, onOpen, onOpenInTab };
}

function optionId(listId: string, hit: Hit): string {
  return `${listId}-${hit.passage}`;
}
