import type { ReactNode } from 'react';
import { translate } from '@docusaurus/Translate';
import HotkeyHint from '@theme/SearchBar/HotkeyHint';
import { usePluginOptions } from '@theme/SearchBar/usePluginOptions';
import styles from './styles.module.css';

/** The keys of the dialog, as many as there is room for; the one that closes it stands at its head. */
export default function KeyHints(): ReactNode {
  const [askHotkey] = usePluginOptions().askHotkeys;
  return (
    <span className={styles.keyHints} aria-hidden="true">
      <span className={styles.keyHint}>
        <kbd className={styles.key}>↑</kbd>
        <kbd className={styles.key}>↓</kbd>
        {translate({ id: 'theme.SearchBar.toMove', message: 'to move' })}
      </span>
      <span className={styles.keyHint}>
        <kbd className={styles.key}>↵</kbd>
        {translate({ id: 'theme.SearchBar.toOpen', message: 'to open' })}
      </span>
      {askHotkey && (
        <span className={styles.keyHint}>
          <HotkeyHint hotkey={askHotkey} />
          {translate({ id: 'theme.SearchBar.toAsk', message: 'to ask' })}
        </span>
      )}
    </span>
  );
}
