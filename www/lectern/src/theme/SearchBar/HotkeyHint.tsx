import type { ReactNode } from 'react';
import useIsBrowser from '@docusaurus/useIsBrowser';
import { isApple } from '@theme/SearchBar/useHotkeys';
import styles from './styles.module.css';

/** A hotkey as the reader's keyboard names it; the server, which cannot know, leaves it out. */
export default function HotkeyHint({ hotkey }: { hotkey: string }): ReactNode {
  const keys = useIsBrowser() ? keyNames(hotkey) : [];
  return (
    <span className={styles.hotkey} aria-hidden="true">
      {keys.map((key) => (
        <kbd key={key} className={styles.key} data-key={key} />
      ))}
    </span>
  );
}

function keyNames(hotkey: string): string[] {
  const mod = isApple() ? '⌘' : 'Ctrl';
  return hotkey.split('+').map((key) => (key === 'mod' ? mod : key.toUpperCase()));
}
