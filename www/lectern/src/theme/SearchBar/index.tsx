import { lazy, Suspense, useCallback, useRef, useState, type ReactNode } from 'react';
import { translate } from '@docusaurus/Translate';
import { usePluginData } from '@docusaurus/useGlobalData';
import HotkeyHint from '@theme/SearchBar/HotkeyHint';
import { useHotkeys } from '@theme/SearchBar/useHotkeys';
import styles from './styles.module.css';

const loadDialog = () => import('@theme/SearchBar/Dialog');
const Dialog = lazy(loadDialog);

/** The button in the navbar. The dialog's code comes with the first focus, the index when it opens. */
export default function SearchBar(): ReactNode {
  const { hotkeys } = usePluginData('lectern') as { hotkeys: string[] };
  const [open, setOpen] = useState(false);
  const [query, setQuery] = useState('');
  const button = useRef<HTMLButtonElement>(null);
  const opener = useRef<Element | null>(null);

  const onOpen = useCallback(() => {
    opener.current ??= focusedElement();
    setOpen(true);
  }, []);
  const onClose = useCallback(() => {
    setOpen(false);
    const focusAgain = opener.current instanceof HTMLElement ? opener.current : button.current;
    focusAgain?.focus();
    opener.current = null;
  }, []);
  useHotkeys(hotkeys, onOpen);

  return (
    <>
      <button
        ref={button}
        type="button"
        className={styles.button}
        aria-haspopup="dialog"
        aria-expanded={open}
        aria-keyshortcuts={hotkeys.map(ariaShortcut).join(' ')}
        onFocus={loadDialog}
        onClick={onOpen}
      >
        <span className={styles.lens} aria-hidden="true" />
        <span className={styles.buttonText}>
          {translate({ id: 'theme.SearchBar.button', message: 'Search' })}
        </span>
        {hotkeys[0] && <HotkeyHint hotkey={hotkeys[0]} />}
      </button>
      {open && (
        <Suspense fallback={null}>
          <Dialog query={query} onQuery={setQuery} onClose={onClose} />
        </Suspense>
      )}
    </>
  );
}

/** What has the focus, unless that is the page as a whole. */
function focusedElement(): Element | null {
  return document.activeElement === document.body ? null : document.activeElement;
}

function ariaShortcut(hotkey: string): string {
  return hotkey.replace('mod', 'Control').replace(/(^|\+)([a-z])/g, (key) => key.toUpperCase());
}
