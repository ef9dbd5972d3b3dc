import { useEffect, useRef, type KeyboardEvent } from 'react';
import type { Hit } from 'lectern';

/** What the keys act on. */
export interface DialogKeys {
  hits: Hit[];
  selected?: Hit;
  /** True while the hits belong to an earlier query. */
  stale: boolean;
  select(hit: Hit): void;
  onOpen(hit: Hit): void;
  onOpenInTab(hit: Hit): void;
}

/**
 * The keys of a combobox with a list: arrows move the selection and wrap around, Enter opens, with
 * Ctrl or ⌘ in a new tab. Home and End belong to the text while one types and to the list once an arrow
 * has gone there. Enter right after typing opens the first hit of what was typed, once it is there.
 */
export function useDialogKeys({ hits, selected, stale, select, onOpen, onOpenInTab }: DialogKeys) {
  const inList = useRef(false);
  const waitingToOpen = useRef(false);

  useEffect(() => {
    if (stale || !waitingToOpen.current) return;
    waitingToOpen.current = false;
    if (selected) onOpen(selected);
  });

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (stale && event.key === 'Enter') {
      waitingToOpen.current = true;
      return;
    }
    if (!selected) return;
    const target = targetIndex(event.key, hits.indexOf(selected), hits.length, inList.current);
    const hit = target === undefined ? undefined : hits.at(target % hits.length);
    if (hit) {
      inList.current = true;
      select(hit);
    } else if (event.key === 'Enter') {
      (event.ctrlKey || event.metaKey ? onOpenInTab : onOpen)(selected);
    } else {
      return;
    }
    event.preventDefault();
  };
  const onType = () => {
    inList.current = false;
    waitingToOpen.current = false;
  };
  return { onKeyDown, onType };
}

/** Where a key moves the selection to; -1 is the last place. */
function targetIndex(key: string, index: number, count: number, inList: boolean) {
  switch (key) {
    case 'ArrowDown':
      return index + 1;
    case 'ArrowUp':
      return index - 1;
    case 'Home':
      return inList ? 0 : undefined;
    case 'End':
      return inList ? count - 1 : undefined;
    default:
      return undefined;
  }
}
