import { useEffect, useRef, type KeyboardEvent } from 'react';
import type { Choice } from '@theme/SearchBar/choices';
import { matchesHotkey } from '@theme/SearchBar/useHotkeys';

/** What the keys act on. */
export interface DialogKeys {
  choices: Choice[];
  selected?: Choice;
  /** True while the choices belong to an earlier query. */
  stale: boolean;
  /** Keys that ask. */
  askHotkeys: string[];
  select(choice: Choice): void;
  onOpen(choice: Choice): void;
  onOpenInTab(choice: Choice): void;
  onRemove(choice: Choice): void;
  onAsk(): void;
}

/**
 * The keys of a combobox with a list: arrows move the selection and wrap around, Enter opens, with
 * Ctrl or ⌘ in a new tab, Shift and Delete forgets what was looked for lately. Home and End belong to the text
 * while one types and to the list once an arrow has gone there. Enter right after typing opens the first hit of
 * what was typed, once it is there.
 */
export function useDialogKeys(keys: DialogKeys) {
  const { choices, selected, stale, onOpen, onOpenInTab } = keys;
  const inList = useRef(false);
  const waitingToOpen = useRef(false);

  useEffect(() => {
    if (stale || !waitingToOpen.current) return;
    waitingToOpen.current = false;
    if (selected) onOpen(selected);
  });

  const onEnter = (event: KeyboardEvent) => {
    if (stale) waitingToOpen.current = true;
    else if (selected) (event.ctrlKey || event.metaKey ? onOpenInTab : onOpen)(selected);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const index = selected ? choices.indexOf(selected) : -1;
    const target = targetIndex(event.key, index, choices.length, inList.current);
    if (keys.askHotkeys.some((hotkey) => matchesHotkey(hotkey, event.nativeEvent))) {
      // The page's own hotkey would open the panel without the question.
      event.stopPropagation();
      keys.onAsk();
    } else if (event.key === 'Enter') onEnter(event);
    else if (event.key === 'Delete' && event.shiftKey && selected) keys.onRemove(selected);
    else if (target !== undefined && choices.length > 0) {
      inList.current = true;
      keys.select(choices.at(target % choices.length)!);
    } else return;
    event.preventDefault();
  };
  const onType = () => {
    inList.current = false;
    waitingToOpen.current = false;
  };
  return { onKeyDown, onType };
}

/** Where a key moves the selection to, from -1 for none; -1 is the last place. */
function targetIndex(key: string, index: number, count: number, inList: boolean) {
  switch (key) {
    case 'ArrowDown':
      return index + 1;
    case 'ArrowUp':
      return Math.max(index, 0) - 1;
    case 'Home':
      return inList ? 0 : undefined;
    case 'End':
      return inList ? count - 1 : undefined;
    default:
      return undefined;
  }
}
