import { useCallback, useEffect, useState, type ComponentType, type ReactNode } from 'react';
import { translate } from '@docusaurus/Translate';
import { opening, openPanel } from 'lectern/ask';
import { useStore } from 'lectern/react';
import { useHotkeys } from '@theme/SearchBar/useHotkeys';
import { usePluginOptions } from '@theme/SearchBar/usePluginOptions';
import styles from './styles.module.css';

/** The button that opens the panel, and the panel, whose code comes when it is first opened. */
export default function AskButton(): ReactNode {
  const { askHotkeys } = usePluginOptions();
  const { open } = useStore(opening);
  const [Panel, setPanel] = useState<ComponentType>();
  const [failed, setFailed] = useState(false);

  useEffect(() => {
    if (!open) return;
    import('@theme/AskPanel').then(
      (panel) => setPanel(() => panel.default),
      () => setFailed(true),
    );
  }, [open]);
  const onOpen = useCallback(() => openPanel(), []);
  useHotkeys(askHotkeys, onOpen);
  const label = failed ? unavailable() : ask();

  return (
    <>
      <button
        type="button"
        className={styles.ask}
        title={label}
        aria-label={label}
        aria-expanded={open}
        onClick={onOpen}
      >
        {ask()}
      </button>
      {Panel && open && <Panel />}
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
