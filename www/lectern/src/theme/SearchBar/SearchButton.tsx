import {
  useCallback,
  useEffect,
  useRef,
  useState,
  type ComponentType,
  type ReactNode,
} from 'react';
import { translate } from '@docusaurus/Translate';
import Dialog from '@theme/SearchBar/Dialog';
import HotkeyHint from '@theme/SearchBar/HotkeyHint';
import type { Props as SearchProps } from '@theme/SearchBar/Search';
import { useHotkeys } from '@theme/SearchBar/useHotkeys';
import { usePluginOptions } from '@theme/SearchBar/usePluginOptions';
import styles from './styles.module.css';

/** What fills the dialog: while a site is written it has no index, and a note in its place. */
const loadSearch = () =>
  process.env.NODE_ENV === 'production'
    ? import('@theme/SearchBar/Search')
    : import('@theme/SearchBar/NotBuilt');

/**
 * The button in the navbar and the dialog it opens, at once. What fills the dialog comes when a reader reaches
 * for the button or the hotkey, the index when it is there.
 */
export default function SearchButton(): ReactNode {
  const { hotkeys } = usePluginOptions();
  const { Search, failed, load } = useSearchCode();
  const [open, setOpen] = useState(false);
  const [query, setQuery] = useState('');
  const button = useRef<HTMLButtonElement>(null);
  const opener = useRef<Element | null>(null);

  const onOpen = useCallback(() => {
    opener.current ??= focusedElement();
    load();
    setOpen(true);
  }, [load]);
  const onClose = useCallback(() => {
    setOpen(false);
    const focusAgain = opener.current instanceof HTMLElement ? opener.current : button.current;
    focusAgain?.focus({ preventScroll: true });
    opener.current = null;
  }, []);
  useHotkeys(hotkeys, onOpen);
  const label = translate({ id: 'theme.SearchBar.button', message: 'Search' });

  return (
    <>
      <button
        ref={button}
        type="button"
        className={styles.button}
        title={label}
        aria-label={label}
        aria-haspopup="dialog"
        aria-expanded={open}
        aria-keyshortcuts={hotkeys.map(ariaShortcut).join(' ')}
        onFocus={load}
        onPointerEnter={load}
        onClick={onOpen}
      >
        <span className={styles.lens} aria-hidden="true" />
        <span className={styles.buttonText}>{label}</span>
        {hotkeys[0] && <HotkeyHint hotkey={hotkeys[0]} />}
      </button>
      {open && (
        <Dialog
          Search={Search}
          query={query}
          failed={failed}
          onQuery={setQuery}
          onRetry={load}
          onClose={onClose}
        />
      )}
    </>
  );
}

/** The code that fills the dialog, once `load` has been called; after a failure, it tries again. */
function useSearchCode() {
  const [code, setCode] = useState<{ Search?: ComponentType<SearchProps>; failed: boolean }>({
    failed: false,
  });
  const load = useCallback(() => {
    loadSearch().then(
      ({ default: Search }) => setCode({ Search, failed: false }),
      () => setCode({ failed: true }),
    );
  }, []);
  useEffect(() => {
    // The modifier goes down a moment before the key that opens the dialog.
    const onKeyDown = ({ key }: KeyboardEvent) => {
      if (key !== 'Control' && key !== 'Meta') return;
      document.removeEventListener('keydown', onKeyDown);
      load();
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, [load]);
  return { ...code, load };
}

/** What has the focus, unless that is the page as a whole. */
function focusedElement(): Element | null {
  return document.activeElement === document.body ? null : document.activeElement;
}

function ariaShortcut(hotkey: string): string {
  return hotkey.replace('mod', 'Control').replace(/(^|\+)([a-z])/g, (key) => key.toUpperCase());
}
