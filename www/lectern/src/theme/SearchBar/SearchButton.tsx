import { useCallback, useRef, useState, type ComponentType, type ReactNode } from 'react';
import { translate } from '@docusaurus/Translate';
import type { Props as DialogProps } from '@theme/SearchBar/Dialog';
import HotkeyHint from '@theme/SearchBar/HotkeyHint';
import { useHotkeys } from '@theme/SearchBar/useHotkeys';
import { usePluginOptions } from '@theme/SearchBar/usePluginOptions';
import styles from './styles.module.css';

const loadDialog = () => import('@theme/SearchBar/Dialog');

/** The button in the navbar. The dialog's code comes with the first focus, the index when it opens. */
export default function SearchButton(): ReactNode {
  const { hotkeys } = usePluginOptions();
  const [Dialog, setDialog] = useState<ComponentType<DialogProps>>();
  const [state, setState] = useState<'closed' | 'open' | 'unavailable'>('closed');
  const [query, setQuery] = useState('');
  const button = useRef<HTMLButtonElement>(null);
  const opener = useRef<Element | null>(null);

  const onOpen = useCallback(async () => {
    opener.current ??= focusedElement();
    try {
      const dialog = await loadDialog();
      setDialog(() => dialog.default);
      setState('open');
    } catch {
      setState('unavailable');
    }
  }, []);
  const onClose = useCallback(() => {
    setState('closed');
    const focusAgain = opener.current instanceof HTMLElement ? opener.current : button.current;
    focusAgain?.focus();
    opener.current = null;
  }, []);
  useHotkeys(hotkeys, onOpen);
  const label = state === 'unavailable' ? unavailable() : search();

  return (
    <>
      <button
        ref={button}
        type="button"
        className={styles.button}
        title={label}
        aria-label={label}
        aria-haspopup="dialog"
        aria-expanded={state === 'open'}
        aria-keyshortcuts={hotkeys.map(ariaShortcut).join(' ')}
        onFocus={() => loadDialog().catch(() => setState('unavailable'))}
        onClick={onOpen}
      >
        <span className={styles.lens} aria-hidden="true" />
        <span className={styles.buttonText}>{label}</span>
        {hotkeys[0] && <HotkeyHint hotkey={hotkeys[0]} />}
      </button>
      {Dialog && state === 'open' && <Dialog query={query} onQuery={setQuery} onClose={onClose} />}
    </>
  );
}

function search(): string {
  return translate({ id: 'theme.SearchBar.button', message: 'Search' });
}

function unavailable(): string {
  return translate({
    id: 'theme.SearchBar.unavailable',
    message: 'Search could not be loaded, try again',
  });
}

/** What has the focus, unless that is the page as a whole. */
function focusedElement(): Element | null {
  return document.activeElement === document.body ? null : document.activeElement;
}

function ariaShortcut(hotkey: string): string {
  return hotkey.replace('mod', 'Control').replace(/(^|\+)([a-z])/g, (key) => key.toUpperCase());
}
