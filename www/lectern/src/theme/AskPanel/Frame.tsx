import { useEffect, useLayoutEffect, useRef, type ReactNode, type RefObject } from 'react';
import { createPortal } from 'react-dom';
import { closePanel } from 'lectern/ask';
import { useMediaQuery } from '@theme/AskPanel/useMediaQuery';
import styles from './panel.module.css';

/** Screens that have no room for a page beside the panel. */
export const SHEET = '(width <= 768px)';

/** What the panel is named by, and what is in it. */
export interface Props {
  titleId: string;
  children: ReactNode;
}

/** The panel's outside: beside the page where there is room, else a sheet over it. */
export default function Frame(props: Props): ReactNode {
  const isSheet = useMediaQuery(SHEET);
  return createPortal(isSheet ? <Sheet {...props} /> : <Side {...props} />, document.body);
}

function Side({ titleId, children }: Props): ReactNode {
  const frame = useRef<HTMLElement>(null);
  useFocusAfterwards(frame);
  return (
    <aside
      ref={frame}
      className={styles.side}
      aria-labelledby={titleId}
      data-lectern-panel=""
      onKeyDown={(event) => event.key === 'Escape' && !event.defaultPrevented && closePanel()}
    >
      {children}
    </aside>
  );
}

/** A modal `<dialog>`: focus stays inside, and Esc or the system's way back closes it. */
function Sheet({ titleId, children }: Props): ReactNode {
  const frame = useRef<HTMLDialogElement>(null);
  useFocusAfterwards(frame);
  useEffect(() => {
    if (!frame.current?.open) frame.current?.showModal();
  }, []);
  return (
    <dialog
      ref={frame}
      className={styles.sheet}
      aria-labelledby={titleId}
      data-lectern-panel=""
      onClose={() => closePanel()}
    >
      {children}
    </dialog>
  );
}

/** When the panel goes, gives the focus back to what had it before. */
function useFocusAfterwards(frame: RefObject<HTMLElement | null>): void {
  useLayoutEffect(() => {
    const own = frame.current;
    const opener = document.activeElement;
    return () => {
      const { activeElement } = document;
      if (activeElement !== document.body && !own?.contains(activeElement)) return;
      const isKnown = opener instanceof HTMLElement && opener !== document.body;
      const target = isKnown && opener.isConnected ? opener : askButton();
      target?.focus();
    };
  }, [frame]);
}

function askButton(): HTMLElement | null {
  return document.querySelector('[data-lectern-ask]');
}
