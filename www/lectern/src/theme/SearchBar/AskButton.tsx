import { useCallback, useEffect, useState, type ComponentType, type ReactNode } from 'react';
import { translate } from '@docusaurus/Translate';
import useDocusaurusContext from '@docusaurus/useDocusaurusContext';
import { opening, openPanel, selected } from 'lectern/ask';
import { useStore } from 'lectern/react';
import SelectionOffer from '@theme/SearchBar/SelectionOffer';
import { useHotkeys } from '@theme/SearchBar/useHotkeys';
import { usePluginOptions } from '@theme/SearchBar/usePluginOptions';
import styles from './styles.module.css';

/** The button that opens the panel, and the panel, whose code comes when it is first opened. */
export default function AskButton(): ReactNode {
  const { askHotkeys } = usePluginOptions();
  const { siteConfig } = useDocusaurusContext();
  const { open, wish } = useStore(opening);
  const [Panel, setPanel] = useState<ComponentType>();
  const [failed, setFailed] = useState(false);

  useEffect(() => {
    if (!open) return;
    import('@theme/AskPanel').then(
      (panel) => setPanel(() => panel.default),
      () => setFailed(true),
    );
  }, [open, wish]);
  // What is selected is what is meant: with the keyboard there is no other way to say so.
  const onOpen = useCallback(() => openPanel({ selection: selected(siteConfig) }), [siteConfig]);
  useHotkeys(askHotkeys, onOpen);
  const label = failed && !Panel ? unavailable() : ask();

  return (
    <>
      <button
        type="button"
        className={styles.ask}
        title={label}
        aria-label={label}
        aria-expanded={open}
        data-lectern-ask=""
        onClick={onOpen}
      >
        {ask()}
      </button>
      {Panel && open && <Panel />}
      <SelectionOffer />
    </>
  );
}

function ask(): string {
  return translate({ id: 'theme.SearchBar.ask', message: 'Ask' });
}

function unavailable(): string {
  return translate({
    id: 'theme.SearchBar.askUnavailable',
    message: 'The panel could not be loaded, try again',
  });
}
