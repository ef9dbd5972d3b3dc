import { useId, type ReactNode } from 'react';
import { closePanel, opening } from 'lectern/ask';
import { useStore } from 'lectern/react';
import Account from '@theme/Account';
import Retell from '@theme/Retell';

/** The panel that answers questions. */
export default function AskPanel(): ReactNode {
  const { wish } = useStore(opening);
  const id = useId();
  return (
    <aside
      aria-labelledby={id}
      data-lectern-panel=""
      style={{
        position: 'fixed',
        insetBlock: 0,
        insetInlineEnd: 0,
        inlineSize: 'min(26rem, 100vw)',
        zIndex: 300,
        display: 'flex',
        flexDirection: 'column',
        background: 'var(--ifm-background-surface-color)',
        borderInlineStart: '1px solid var(--ifm-color-emphasis-300)',
      }}
    >
      <h2 id={id}>{wish?.view ?? 'ask'}</h2>
      <button type="button" onClick={() => closePanel()}>
        Close
      </button>
      {wish?.view === 'retell' ? <Retell /> : <Account />}
    </aside>
  );
}
