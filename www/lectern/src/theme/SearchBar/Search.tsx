import {
  useEffect,
  useId,
  useLayoutEffect,
  type KeyboardEvent,
  type ReactNode,
  type RefObject,
} from 'react';
import useDocusaurusContext from '@docusaurus/useDocusaurusContext';
import { useSearch, useStore } from 'lectern/react';
import { dialogFilters, EVERYWHERE, recentsAt } from 'lectern/search';
import { choicesFor, recentChoices } from '@theme/SearchBar/choices';
import Filters from '@theme/SearchBar/Filters';
import type { Combobox } from '@theme/SearchBar/Input';
import KeyHints from '@theme/SearchBar/KeyHints';
import Outcome from '@theme/SearchBar/Outcome';
import Progress from '@theme/SearchBar/Progress';
import Status from '@theme/SearchBar/Status';
import { useDialogKeys } from '@theme/SearchBar/useDialogKeys';
import { useOpening } from '@theme/SearchBar/useOpening';
import { usePluginOptions } from '@theme/SearchBar/usePluginOptions';
import { useScope } from '@theme/SearchBar/useScope';
import { useSelection } from '@theme/SearchBar/useSelection';
import { useSettled } from '@theme/SearchBar/useSettled';

/** The dialog's text field, and how to tell it of the list below. */
export interface Props {
  query: string;
  input: RefObject<HTMLInputElement | null>;
  /** Takes what the field's keys do. */
  onKeyDown: RefObject<((event: KeyboardEvent) => void) | undefined>;
  onCombobox(combobox: Combobox): void;
  onQuery(query: string): void;
  onClose(): void;
}

/** What the dialog has below its text field: filters, what was found, and what the search can do. */
export default function Search(props: Props): ReactNode {
  const { query, input, onKeyDown, onCombobox, onQuery, onClose } = props;
  const { siteConfig } = useDocusaurusContext();
  const { askHotkeys, searchPagePath } = usePluginOptions();
  const filters = useStore(dialogFilters);
  const recents = recentsAt(siteConfig.baseUrl);
  const entries = useStore(recents.entries);
  const scope = useScope(filters);
  const found = useSearch(scope.client, query, { within: scope.within });
  const { response: best, error, stale } = found;
  const { response, hold } = useSettled(best);
  const isEmpty = query.trim() === '';
  const choices = isEmpty ? recentChoices(entries) : choicesFor(response, searchPagePath !== false);
  const selection = useSelection(choices, isEmpty ? '' : response?.query);
  const { selected } = selection;
  const opening = useOpening({ query, filters, scope, recents, onQuery, onClose });
  const listId = useId();
  const idOf = (id: string) => `${listId}-${id}`;
  const select: typeof selection.select = (choice) => (hold(), selection.select(choice));
  const keys = useDialogKeys({ ...selection, ...opening, select, stale, askHotkeys });
  // In place of an error there is no list that the text field could point to.
  const expanded = choices.length > 0 && !error;
  const activeId = expanded && selected ? idOf(selected.id) : undefined;

  useLayoutEffect(
    () => onCombobox({ listId, activeId, expanded }),
    [onCombobox, listId, activeId, expanded],
  );
  useEffect(() => {
    onKeyDown.current = keys.onKeyDown;
  });
  useEffect(keys.onType, [query]);
  const onSuggestion = (text: string) => {
    onQuery(text);
    input.current?.focus();
  };

  return (
    <>
      <Progress client={scope.client} />
      <Filters filters={filters} scope={scope} onFilters={(chosen) => dialogFilters.set(chosen)} />
      <Outcome
        scope={scope}
        filters={filters}
        query={query}
        response={response}
        error={error}
        onQuery={onSuggestion}
        onEverywhere={() => dialogFilters.set(EVERYWHERE)}
        onClear={() => recents.clear()}
        list={{
          id: listId,
          idOf,
          choices,
          selected,
          query,
          busy: !isEmpty && (stale || found.refining),
          onSelect: select,
          onHold: hold,
          ...opening,
        }}
      />
      <Status client={scope.client}>
        <KeyHints />
      </Status>
    </>
  );
}
